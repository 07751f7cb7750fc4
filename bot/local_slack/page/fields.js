// Inputs that are typed or ticked: text, number, date, time, radio buttons, checkboxes.

import { el, freshId } from "./dom.js";
import { text } from "./mrkdwn.js";
import { Slot } from "./slots.js";
import { t } from "./words.js";

const placeholder = (element) => element.placeholder?.text;

/** When a text input that dispatches should tell the bot. */
const triggers = (element) => element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];

function wire(input, element, slot) {
  const tell = () => slot.choose(input.value, { value: input.value }, input);
  input.addEventListener("input", () => slot.set(input.value));
  if (slot.silent) return input;
  if (triggers(element).includes("on_character_entered")) input.addEventListener("input", tell);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    tell();
  });
  return input;
}

const rest = (node, input, most) => {
  const left = most - input.value.length;
  node.textContent = left <= most / 5 ? `${left}` : "";
};

function textInput(type, attributes = () => ({})) {
  return (element, context, block, names) => {
    const slot = new Slot(context, block, element);
    const props = {
      class: "field",
      "data-key": slot.key,
      placeholder: placeholder(element),
      autocomplete: "off",
      ...attributes(element),
      ...names,
    };
    const input = element.multiline ? el("textarea", { ...props, rows: 4 }) : el("input", { ...props, type });
    input.value = slot.value(element.initial_value ?? "");
    if (element.focus_on_load) input.setAttribute("autofocus", "");
    wire(input, element, slot);
    if (!element.max_length) return input;
    const count = el("span", { class: "field-count", "aria-hidden": "true" });
    input.addEventListener("input", () => rest(count, input, element.max_length));
    rest(count, input, element.max_length);
    return el("span", { class: "field-frame" }, input, count);
  };
}

// A typed number stays text: the browser's own number field would drop what it cannot read, and with it the error.
const numeric = (element) => ({
  inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
  "data-min": element.min_value,
  "data-max": element.max_value,
});

const lengths = (element) => ({ maxlength: element.max_length, minlength: element.min_length });

const PICKS = { date: "Date", time: "Time", "datetime-local": "Date and time" };

/** The browser's own picker; `name` is the bot's word for the choice, `read` and `write` translate its value. */
function picker(type, name, read = (value) => value, write = (value) => value) {
  return (element, context, block, names) => {
    const slot = new Slot(context, block, element);
    const input = el("input", {
      type,
      class: "field picker",
      "data-key": slot.key,
      ...names,
      "aria-label": names["aria-label"] ?? t(PICKS[type]),
    });
    slot.value(element[`initial_${name}`] ?? "");
    const draw = () => (input.value = write(slot.value()));
    draw();
    input.addEventListener("change", () => {
      const value = read(input.value);
      slot.choose(value, { [`selected_${name}`]: value }, input, draw);
    });
    return input;
  };
}

const toSeconds = (local) => (local ? Math.round(new Date(local).getTime() / 1000) : "");

function fromSeconds(seconds) {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function choice(option, input) {
  const detail = option.description && el("span", { class: "choice-detail" }, text(option.description));
  return el(
    "label",
    { class: "choice" },
    input,
    el("span", {}, el("span", { class: "choice-text" }, text(option.text)), detail),
  );
}

/** Radio buttons and checkboxes: `next` tells what is chosen after a click, `payload` how the bot hears of it. */
function choices(type, role, initial, next, payload) {
  return (element, context, block, names) => {
    const slot = new Slot(context, block, element);
    slot.value(initial(element));
    const group = el("div", { class: "choices", role, ...names });
    const name = freshId("choices");
    const inputs = element.options.map((option) =>
      el("input", { type, name, value: option.value, "data-key": `${slot.key} ${option.value}` }),
    );
    const draw = () => inputs.forEach((input) => (input.checked = [slot.value()].flat().includes(input.value)));
    group.addEventListener("change", (event) => {
      const value = next(event.target, slot.value());
      const chosen = element.options.filter((option) => [value].flat().includes(option.value));
      slot.choose(value, payload(chosen), group, draw);
    });
    draw();
    group.append(...element.options.map((option, index) => choice(option, inputs[index])));
    return group;
  };
}

const radioButtons = choices(
  "radio",
  "radiogroup",
  (element) => element.initial_option?.value ?? null,
  (input) => input.value,
  ([option]) => ({ selected_option: option }),
);

const checkboxes = choices(
  "checkbox",
  "group",
  (element) => (element.initial_options ?? []).map((option) => option.value),
  (input, values) => [...values.filter((value) => value !== input.value), ...(input.checked ? [input.value] : [])],
  (options) => ({ selected_options: options }),
);

export const fields = {
  plain_text_input: textInput("text", lengths),
  email_text_input: textInput("email"),
  url_text_input: textInput("url"),
  number_input: textInput("text", numeric),
  datepicker: picker("date", "date"),
  timepicker: picker("time", "time"),
  datetimepicker: picker("datetime-local", "date_time", toSeconds, fromSeconds),
  radio_buttons: radioButtons,
  checkboxes,
};
