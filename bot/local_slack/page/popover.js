// One menu for everything that drops down: selects, overflow, shortcuts, people, themes.

import { el, freshId, isNarrow } from "./dom.js";
import { t } from "./words.js";

const GAP = 4;
const EDGE = 8;

/** Put the panel beside its anchor, inside the window; on a phone the style sheet makes it a sheet at the foot. */
function place(panel, anchor) {
  if (isNarrow()) return;
  const spot = anchor.getBoundingClientRect();
  panel.style.minWidth = `${Math.max(spot.width, 200)}px`;
  const { width, height } = panel.getBoundingClientRect();
  const below = window.innerHeight - spot.bottom - GAP - EDGE;
  const top = height <= below || below > spot.top ? spot.bottom + GAP : Math.max(EDGE, spot.top - height - GAP);
  panel.style.top = `${top}px`;
  panel.style.maxHeight = `${Math.max(160, window.innerHeight - top - EDGE)}px`;
  panel.style.left = `${Math.max(EDGE, Math.min(spot.left, window.innerWidth - width - EDGE))}px`;
}

function row(item, role) {
  const label = el("span", { class: "menu-text" }, item.text);
  const selected = item.selected ? "true" : "false";
  const props = role === "menuitem" ? {} : { "aria-selected": selected };
  return el(
    "div",
    { id: freshId("row"), role, class: item.danger ? "menu-row danger" : "menu-row", ...props },
    item.before ?? null,
    el(
      "span",
      { class: "menu-body" },
      label,
      item.description ? el("span", { class: "menu-description" }, item.description) : null,
    ),
    item.selected ? el("span", { class: "menu-tick", "aria-hidden": "true" }, "✓") : null,
  );
}

class Menu {
  constructor(anchor, { label, items, kind = "listbox", search = false, multi = false, onPick, onClose }) {
    Object.assign(this, { anchor, items, multi, onPick, onClose, rowRole: kind === "menu" ? "menuitem" : "option" });
    this.list = el("div", {
      id: freshId("list"),
      class: "menu-list",
      role: kind,
      "aria-label": label,
      tabindex: "-1",
      "aria-multiselectable": multi,
    });
    this.search = search ? this.searchField(label) : null;
    this.holder = this.search ?? this.list;
    this.panel = el(
      "div",
      { class: "menu", popover: "auto" },
      el("div", { class: "menu-title", "aria-hidden": "true" }, label),
      this.search,
      this.list,
    );
    this.panel.addEventListener("keydown", (event) => this.key(event));
    this.panel.addEventListener("toggle", (event) => event.newState === "closed" && this.gone());
    this.panel.addEventListener("click", (event) => event.stopPropagation());
  }

  searchField(label) {
    return el("input", {
      class: "menu-search",
      type: "text",
      role: "combobox",
      placeholder: t("Search"),
      autocomplete: "off",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
      "aria-label": t("Search: {label}", { label }),
      "aria-controls": this.list.id,
      on: { input: () => this.draw() },
    });
  }

  open() {
    (this.anchor.closest("dialog") ?? document.body).append(this.panel);
    this.anchor.setAttribute("aria-expanded", "true");
    this.panel.showPopover();
    this.draw();
    place(this.panel, this.anchor);
    this.holder.focus();
  }

  draw() {
    const wanted = this.search?.value.trim().toLocaleLowerCase() ?? "";
    let group = null;
    this.rows = [];
    this.list.replaceChildren();
    for (const item of this.items) {
      const node = row(item, this.rowRole);
      if (!node.textContent.toLocaleLowerCase().includes(wanted)) continue;
      if (item.group && item.group !== group)
        this.list.append(el("div", { class: "menu-group", role: "presentation" }, item.group));
      group = item.group;
      node.addEventListener("click", () => this.pick(item));
      node.addEventListener("pointermove", () =>
        this.activate(
          this.rows.findIndex((one) => one.node === node),
          false,
        ),
      );
      this.rows.push({ item, node });
      this.list.append(node);
    }
    if (!this.rows.length) this.list.append(el("div", { class: "menu-none" }, t("Nothing found")));
    const current = this.rows.findIndex(({ item }) => item.selected);
    this.activate(Math.max(0, this.multi ? (this.active ?? 0) : current));
  }

  activate(index, scroll = true) {
    this.rows[this.active]?.node.classList.remove("active");
    this.active = Math.min(index, this.rows.length - 1);
    const node = this.rows[this.active]?.node;
    node?.classList.add("active");
    if (scroll) node?.scrollIntoView({ block: "nearest" });
    if (node) this.holder.setAttribute("aria-activedescendant", node.id);
    else this.holder.removeAttribute("aria-activedescendant");
  }

  key(event) {
    const count = this.rows.length;
    const move = { ArrowDown: this.active + 1, ArrowUp: this.active - 1 + count, Home: 0, End: count - 1 }[event.key];
    if (move !== undefined && count) this.activate(move % count);
    else if (event.key === "Enter" || (event.key === " " && !this.search))
      this.rows[this.active] && this.pick(this.rows[this.active].item);
    else if (event.key === "Tab") this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  pick(item) {
    if (!this.multi) this.close();
    const chosen = this.onPick(item.value);
    if (!this.multi) return;
    for (const one of this.items) one.selected = chosen.includes(one.value);
    this.draw();
    place(this.panel, this.anchor);
  }

  close() {
    this.panel.hidePopover();
  }

  gone() {
    const hadFocus = this.panel.contains(document.activeElement) || document.activeElement === document.body;
    this.panel.remove();
    this.anchor.setAttribute("aria-expanded", "false");
    if (hadFocus) this.anchor.focus({ preventScroll: true });
    this.onClose?.();
  }
}

/**
 * Open a menu at its button. Items: `{value, text, description?, group?, selected?, danger?, before?}`.
 * A multiple choice stays open, and its `onPick` answers the list of values that are now chosen.
 */
export const openMenu = (anchor, options) => new Menu(anchor, options).open();
