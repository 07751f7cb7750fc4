// The rich_text block: a tree that is already parsed, so nothing here reads markup.

import { liveDate } from "./dates.js";
import { el } from "./dom.js";
import { emoji, withSigns } from "./emoji.js";
import { link } from "./inline.js";
import { broadcast, channelMention, userMention } from "./mrkdwn.js";

const STYLES = [
  ["code", "code"],
  ["strike", "s"],
  ["italic", "em"],
  ["bold", "strong"],
  ["underline", "u"],
];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [key, tag]) => (style[key] ? el(tag, {}, inner) : inner), node);
}

const LEAVES = {
  text: (leaf) => withSigns(leaf.text),
  emoji: (leaf) => emoji(leaf.name),
  link: (leaf) => link(leaf.url, leaf.text ?? leaf.url),
  user: (leaf) => userMention(leaf.user_id),
  channel: (leaf) => channelMention(leaf.channel_id),
  usergroup: (leaf) => el("span", { class: "mention" }, `@${leaf.usergroup_id}`),
  broadcast: (leaf) => broadcast(leaf.range),
  date: (leaf) => liveDate(leaf.timestamp, leaf.format ?? "{date}", leaf.fallback ?? ""),
  color: (leaf) => swatch(leaf.value),
};

function swatch(value) {
  const dot = el("span", { class: "swatch", "aria-hidden": "true" });
  if (/^#[0-9a-f]{3,8}$/i.test(value)) dot.style.background = value;
  return el("span", {}, dot, value);
}

function leaves(elements = []) {
  return elements.map((leaf) => {
    const made = LEAVES[leaf.type]?.(leaf) ?? leaf.text ?? "";
    return styled(Array.isArray(made) ? el("span", {}, made) : made, leaf.style);
  });
}

const BRANCHES = {
  rich_text_section: (branch) => el("div", { class: "rich-section" }, leaves(branch.elements)),
  rich_text_preformatted: (branch) => el("pre", {}, leaves(branch.elements)),
  rich_text_quote: (branch) => el("blockquote", {}, leaves(branch.elements)),
  rich_text_list: richList,
};

function richList(branch) {
  const ordered = branch.style === "ordered";
  const indent = Math.min(branch.indent ?? 0, 8);
  const props = { class: `rich-list indent-${indent}`, start: ordered ? (branch.offset ?? 0) + 1 : undefined };
  return el(
    ordered ? "ol" : "ul",
    props,
    branch.elements.map((item) => el("li", {}, leaves(item.elements))),
  );
}

/** A rich_text block as nodes. */
export const richText = (block) => (block.elements ?? []).map((branch) => BRANCHES[branch.type]?.(branch) ?? null);
