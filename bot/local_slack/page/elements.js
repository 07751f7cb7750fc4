// Which renderer draws which element. A renderer takes (element, context, block, names); `names` are ARIA attributes.

import { el } from "./dom.js";
import { enlarge } from "./dialogs.js";
import { fields } from "./fields.js";
import { pictureAddress, safeAddress } from "./inline.js";
import { text } from "./mrkdwn.js";
import { overflow, selects } from "./selects.js";
import { Slot } from "./slots.js";
import { t } from "./words.js";

function button(element, context, block) {
  const slot = new Slot(context, block, element);
  const props = {
    class: `button ${element.style ?? ""}`,
    "data-key": slot.key,
    "aria-label": element.accessibility_label,
  };
  const send = (event) => slot.press({ value: element.value }, event.currentTarget);
  const address = element.url && safeAddress(element.url);
  if (address)
    return el(
      "a",
      { ...props, href: address, target: "_blank", rel: "noopener noreferrer", on: { click: send } },
      text(element.text),
    );
  return el("button", { type: "button", ...props, on: { click: send } }, text(element.text));
}

/** Where a picture of a block comes from: an address, or a file that the bot sent before. */
export function pictureSource(image) {
  const file = image.slack_file;
  if (file) return file.id ? `/local/files/${encodeURIComponent(file.id)}` : pictureAddress(file.url);
  return pictureAddress(image.image_url);
}

function thumbnail(element) {
  const source = pictureSource(element);
  const alt = element.alt_text ?? "";
  const open = () => enlarge(source, alt);
  return el(
    "button",
    { type: "button", class: "thumbnail", "aria-label": t("Enlarge: {what}", { what: alt || t("picture") }), on: { click: open } },
    el("img", { src: source, alt, loading: "lazy" }),
  );
}

const unknown = (element) => el("span", { class: "unknown" }, t("({type} is not shown in the local workspace)", { type: element.type }));

const RENDERERS = { button, workflow_button: button, image: thumbnail, overflow, ...selects, ...fields };

export const renderElement = (element, context, block, names = {}) =>
  (RENDERERS[element.type] ?? unknown)(element, context, block, names);
