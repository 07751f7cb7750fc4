// Block Kit: one function a block. A context says where the blocks stand: `{kind, container, where}`.

import { dataVisualization } from "./charts.js";
import { container } from "./container.js";
import { dataTable } from "./data_table.js";
import { el, freshId, icon } from "./dom.js";
import { enlarge } from "./dialogs.js";
import { pictureSource, renderElement } from "./elements.js";
import { markdown } from "./markdown.js";
import { text } from "./mrkdwn.js";
import { richText } from "./richtext.js";
import { t } from "./words.js";

// Longer than what the folded height shows on a desk, so that "See more" always has more to show.
const LONG_TEXT = 1500;
const LONG_LINES = 20;

const isLong = (content) => content.length > LONG_TEXT || content.split("\n").length > LONG_LINES;

/** Cut a long text by height; the whole of it stays in the document for search and screen readers. */
export function foldable(content, node) {
  if (!isLong(content)) return node;
  node.classList.add("folded");
  const more = el("button", { type: "button", class: "link-button", "aria-expanded": "false" }, t("See more"));
  more.addEventListener("click", () => {
    const folded = node.classList.toggle("folded");
    more.textContent = folded ? t("See more") : t("See less");
    more.setAttribute("aria-expanded", String(!folded));
  });
  return el("div", {}, node, more);
}

/** A picture with its title, enlarged by a click; where its `width` and `height` are known its place is kept free. */
export function picture(source, alt, title, { width, height } = {}) {
  const open = () => enlarge(source, alt, title);
  return el(
    "figure",
    { class: "picture" },
    title && el("figcaption", {}, title),
    el(
      "button",
      { type: "button", "aria-label": t("Enlarge: {what}", { what: alt || title || t("picture") }), on: { click: open } },
      el("img", { src: source, alt, loading: "lazy", width, height }),
    ),
  );
}

function section(block, context) {
  const body = block.text && foldable(block.text.text, el("div", { class: "mrkdwn" }, text(block.text)));
  const fields =
    block.fields &&
    el(
      "div",
      { class: "fields" },
      block.fields.map((field) => el("div", { class: "mrkdwn" }, text(field))),
    );
  // What a select beside a text is for is said by that text.
  const names = { "aria-label": block.text && body.textContent.slice(0, 120) };
  const accessory =
    block.accessory && el("div", { class: "accessory" }, renderElement(block.accessory, context, block, names));
  return el(
    "div",
    { class: block.accessory ? "section with-accessory" : "section" },
    el("div", { class: "section-text" }, body, fields),
    accessory,
  );
}

function contextBlock(block) {
  const part = (element) =>
    element.type === "image"
      ? el("img", { class: "context-image", src: pictureSource(element), alt: element.alt_text ?? "" })
      : el("span", { class: "mrkdwn" }, text(element));
  return el("div", { class: "context" }, block.elements.map(part));
}

function actions(block, context) {
  const names = (element) => ({ "aria-label": element.placeholder?.text });
  return el(
    "div",
    { class: "actions" },
    block.elements.map((element) => renderElement(element, context, block, names(element))),
  );
}

const GROUPS = new Set(["radio_buttons", "checkboxes"]);

function input(block, context) {
  const id = freshId("input");
  const hint = freshId("hint");
  const error = freshId("error");
  const isGroup = GROUPS.has(block.element.type);
  const described = `${block.hint ? hint : ""} ${error}`.trim();
  const names = {
    id,
    "aria-describedby": described,
    "aria-required": !block.optional && !isGroup ? "true" : undefined,
  };
  const control = renderElement(block.element, context, block, { ...names, "aria-label": block.label?.text });
  const label = [text(block.label), block.optional && el("span", { class: "optional" }, ` ${t("(optional)")}`)];
  return el(
    "div",
    { class: "input" },
    isGroup ? el("div", { class: "input-label" }, label) : el("label", { class: "input-label", for: id }, label),
    control,
    block.hint && el("p", { class: "input-hint", id: hint }, text(block.hint)),
    el("p", { class: "input-error", id: error, role: "alert", hidden: true }),
  );
}

function cell(value, tag, column) {
  const content = value.type === "rich_text" ? richText(value) : String(value.text ?? value.value ?? "");
  const align = column?.align ?? (value.type === "raw_number" ? "right" : null);
  return el(tag, { class: [align, column?.is_wrapped && "wrapped"].filter(Boolean).join(" ") || null }, content);
}

function table(block) {
  const columns = block.column_settings ?? [];
  const row = (values, tag) =>
    el(
      "tr",
      {},
      values.map((value, i) => cell(value, tag, columns[i])),
    );
  const [head, ...body] = block.rows;
  return el(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": t("Table") },
    el(
      "table",
      {},
      el("thead", {}, row(head, "th")),
      el(
        "tbody",
        {},
        body.map((values) => row(values, "td")),
      ),
    ),
  );
}

const ALERT_ICONS = { error: "alert", warning: "alert", success: "check" };

function alert(block) {
  const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "info";
  return el(
    "div",
    { class: `alert ${level}`, role: "note" },
    icon(ALERT_ICONS[level] ?? "info"),
    el("div", { class: "mrkdwn" }, text(block.text)),
  );
}

function card(block, context) {
  const face = (image, className) =>
    image && el("img", { class: className, src: pictureSource(image), alt: image.alt_text ?? "" });
  const names = (element) => ({ "aria-label": element.accessibility_label });
  return el(
    "div",
    { class: "card", role: "group" },
    face(block.hero_image, "card-hero"),
    face(block.icon, "context-image"),
    block.title && el("div", { class: "mrkdwn card-title" }, text(block.title)),
    block.subtitle && el("div", { class: "mrkdwn card-subtitle" }, text(block.subtitle)),
    block.body && el("div", { class: "mrkdwn" }, text(block.body)),
    block.actions &&
      el(
        "div",
        { class: "actions" },
        block.actions.map((element) => renderElement(element, context, block, names(element))),
      ),
  );
}

const imageTitle = (block) => block.title && el("span", {}, text(block.title)).textContent;

const RENDERERS = {
  header: (block) => el("div", { class: "header", role: "heading", "aria-level": "3" }, text(block.text)),
  section,
  divider: () => el("hr"),
  image: (block) => picture(pictureSource(block), block.alt_text ?? "", imageTitle(block)),
  context: contextBlock,
  context_actions: actions,
  actions,
  input,
  rich_text: (block) => el("div", { class: "mrkdwn" }, richText(block)),
  markdown: (block) => foldable(block.text, el("div", { class: "markdown" }, markdown(block.text))),
  table,
  alert,
  card,
  container: (block, context) => container(block, context, renderBlocks(block.child_blocks, context)),
  data_table: dataTable,
  data_visualization: dataVisualization,
};

const unknown = (block) => el("p", { class: "unknown" }, t("(a {type} block: not shown in the local workspace)", { type: block.type }));

/** Blocks as nodes, each in a frame that carries its block id. */
export function renderBlocks(blocks, context) {
  return blocks.map((block) =>
    el(
      "div",
      { class: `block block-${block.type}`, data: { block: block.block_id ?? "" } },
      (RENDERERS[block.type] ?? unknown)(block, context),
    ),
  );
}
