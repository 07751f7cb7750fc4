// Everything that picks from a list: selects of all kinds, and the overflow menu.

import { el, icon } from "./dom.js";
import { safeAddress } from "./inline.js";
import { text } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { Slot } from "./slots.js";
import { state } from "./state.js";
import { t } from "./words.js";

const SEARCH_FROM = 8;

function optionItems(element) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  return groups.flatMap((group) =>
    group.options.map((option) => ({ value: option.value, option, group: group.label && text(group.label) })),
  );
}

const userItems = () =>
  state.workspace.users.map((user) => ({ value: user.id, name: user.real_name || user.name, detail: user.role }));

const channelItems = () => state.workspace.channels.map((channel) => ({ value: channel.id, name: `#${channel.name}` }));

// How each kind lists its items, what it starts with, and how it tells the bot.
const KINDS = {
  static_select: {
    items: optionItems,
    initial: (e) => e.initial_option?.value,
    payload: (value, [item]) => ({ selected_option: item.option }),
  },
  users_select: { items: userItems, initial: (e) => e.initial_user, payload: (value) => ({ selected_user: value }) },
  channels_select: {
    items: channelItems,
    initial: (e) => e.initial_channel,
    payload: (value) => ({ selected_channel: value }),
  },
  conversations_select: {
    items: channelItems,
    initial: (e) => e.initial_conversation,
    payload: (value) => ({ selected_conversation: value }),
  },
  multi_static_select: {
    multi: true,
    items: optionItems,
    initial: (e) => e.initial_options?.map((option) => option.value),
    payload: (value, items) => ({ selected_options: items.map((item) => item.option) }),
  },
  multi_users_select: {
    multi: true,
    items: userItems,
    initial: (e) => e.initial_users,
    payload: (value) => ({ selected_users: value }),
  },
};

const label = (item) => (item.option ? text(item.option.text) : item.name);

const menuItem = (item, selected = false) => ({
  value: item.value,
  text: label(item),
  description: item.option ? text(item.option.description) : item.detail,
  group: item.group && el("span", {}, ...item.group).textContent,
  plain: item.name ?? item.option.text.text,
  selected,
});

class Select {
  constructor(kind, element, context, block, names) {
    Object.assign(this, { kind, element, name: names["aria-label"] });
    this.slot = new Slot(context, block, element);
    this.items = kind.items(element);
    this.slot.value(kind.initial(element) ?? (kind.multi ? [] : null));
    this.shown = el("span", { class: "select-value" });
    this.button = el(
      "button",
      {
        type: "button",
        class: "select",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
        "data-key": this.slot.key,
        ...names,
        on: { click: () => this.open() },
      },
      this.shown,
      icon("chevron"),
    );
    this.draw();
  }

  chosen() {
    const values = [this.slot.value()].flat();
    return this.items.filter((item) => values.includes(item.value));
  }

  draw() {
    const chosen = this.chosen();
    const placeholder = this.element.placeholder ? text(this.element.placeholder) : t("Choose");
    this.shown.classList.toggle("placeholder", !chosen.length);
    this.shown.replaceChildren(...(chosen.length ? chosen.map((item) => this.chip(item)) : [placeholder].flat()));
    const spoken = chosen.map((item) => menuItem(item).plain).join(", ");
    if (this.name) this.button.setAttribute("aria-label", spoken ? `${this.name}: ${spoken}` : this.name);
  }

  chip(item) {
    return el("span", { class: this.kind.multi ? "chip" : "" }, label(item));
  }

  open() {
    const chosen = this.chosen();
    const before = this.slot.value();
    openMenu(this.button, {
      label: this.name ?? this.element.placeholder?.text ?? t("Options"),
      items: this.items.map((item) => menuItem(item, chosen.includes(item))),
      multi: this.kind.multi,
      search: this.items.length >= SEARCH_FROM,
      onPick: (value) => (this.kind.multi ? this.toggle(value) : this.choose(value)),
      onClose: () => this.kind.multi && this.settle(before),
    });
  }

  choose(value) {
    const payload = this.kind.payload(
      value,
      this.items.filter((item) => [value].flat().includes(item.value)),
    );
    this.slot.choose(value, payload, this.button, () => this.draw());
  }

  /** While the menu of a multiple choice is open nothing is sent. */
  toggle(value) {
    this.slot.set(toggled(this.slot.value(), value, this.element.max_selected_items));
    this.draw();
    return this.slot.value();
  }

  settle(before) {
    const after = this.slot.value();
    if (after === before) return;
    this.slot.set(before);
    this.choose(after);
  }
}

function toggled(values, value, most = Number.POSITIVE_INFINITY) {
  if (values.includes(value)) return values.filter((one) => one !== value);
  return values.length < most ? [...values, value] : values;
}

/** A renderer for every kind of select. */
export const selects = Object.fromEntries(
  Object.entries(KINDS).map(([type, kind]) => [
    type,
    (element, context, block, names) => new Select(kind, element, context, block, names).button,
  ]),
);

/** The three dots with their menu. */
export function overflow(element, context, block, names) {
  const slot = new Slot(context, block, element);
  const button = el(
    "button",
    {
      type: "button",
      class: "icon-button boxed",
      ...names,
      "aria-label": t("More options"),
      "aria-haspopup": "menu",
      "data-key": slot.key,
    },
    icon("dots"),
  );
  const items = element.options.map((option) => ({
    value: option,
    text: text(option.text),
    description: text(option.description),
  }));
  const pick = (option) => {
    const address = option.url && safeAddress(option.url);
    if (address) window.open(address, "_blank", "noopener");
    slot.press({ selected_option: option }, button);
  };
  button.addEventListener("click", () =>
    openMenu(button, { label: t("More options"), kind: "menu", items, onPick: pick }),
  );
  return button;
}
