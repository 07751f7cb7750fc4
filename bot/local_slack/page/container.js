// Blocks under a title, which may be folded: what a person unfolded stays so when the message changes.

import { el, icon } from "./dom.js";
import { pictureSource } from "./elements.js";
import { text } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { formOf } from "./state.js";

function head(block) {
  const title = block.rich_text_title ? richText(block.rich_text_title) : text(block.title);
  return [
    block.icon && el("img", { class: "context-image", src: pictureSource(block.icon), alt: block.icon.alt_text ?? "" }),
    el(
      "span",
      { class: "container-head" },
      el("strong", {}, title),
      block.subtitle && el("span", { class: "container-subtitle" }, text(block.subtitle)),
    ),
  ];
}

/** A container; `children` are its blocks as nodes. */
export function container(block, context, children) {
  const width = ["narrow", "wide", "full"].includes(block.width) ? block.width : "standard";
  const inside = el("div", { class: "container-body" }, children);
  const names = ["container", width, block.has_header_divider && "divided"].filter(Boolean).join(" ");
  if (!block.is_collapsible)
    return el("div", { class: names, role: "group" }, el("div", { class: "container-title" }, head(block)), inside);
  const form = formOf(context.container);
  const key = `open ${block.block_id ?? ""}`;
  const node = el(
    "details",
    { class: names, open: form.get(key) ?? !block.default_collapsed },
    el("summary", { class: "container-title", "data-key": key }, icon("chevron"), head(block)),
    inside,
  );
  node.addEventListener("toggle", () => form.set(key, node.open));
  return node;
}
