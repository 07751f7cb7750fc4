// The list of slash commands above the composer. The text keeps the focus; the list follows it.

import { el, freshId } from "./dom.js";
import { state } from "./state.js";

const commandsLike = (typed) => state.workspace.commands.filter((one) => one.command.startsWith(typed.toLowerCase()));

export class Completion {
  constructor(input, onPick) {
    Object.assign(this, { input, onPick, rows: [], active: 0 });
    this.list = el("div", {
      id: freshId("commands"),
      class: "completion",
      role: "listbox",
      "aria-label": "Commands",
      hidden: true,
    });
    this.hint = el("div", { class: "usage", "aria-live": "polite", hidden: true });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    this.close();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Follow what was typed: a command's beginning opens the list, a whole command shows how it is used. */
  update() {
    const typed = this.input.value;
    const isBeginning = /^\/\S*$/.test(typed);
    const matches = isBeginning ? commandsLike(typed) : [];
    if (matches.length) this.open(matches);
    else this.close();
    this.showUsage(typed);
  }

  showUsage(typed) {
    const name = /^(\/\S+)\s/.exec(typed)?.[1];
    const command = name && state.workspace.commands.find((one) => one.command === name);
    this.hint.hidden = !command;
    if (!command) return;
    this.hint.replaceChildren(
      el("strong", {}, command.command),
      " ",
      el("code", {}, command.usage_hint ?? ""),
      " ",
      command.description ?? "",
    );
  }

  open(matches) {
    this.rows = matches.map((command, index) => ({ command, node: this.row(command, index) }));
    this.list.replaceChildren(
      el(
        "div",
        { class: "completion-title", role: "presentation" },
        `Commands of ${state.workspace.bot.name ?? "the app"}`,
      ),
      ...this.rows.map((row) => row.node),
    );
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.activate(0);
  }

  row(command, index) {
    const pick = (event) => {
      event.preventDefault(); // the text keeps the focus
      this.activate(index);
      this.take();
    };
    return el(
      "div",
      {
        id: freshId("command"),
        class: "completion-row",
        role: "option",
        on: { pointerdown: pick, pointermove: () => this.activate(index) },
      },
      el(
        "span",
        { class: "completion-name" },
        command.command,
        " ",
        el("span", { class: "completion-usage" }, command.usage_hint ?? ""),
      ),
      el("span", { class: "completion-detail" }, command.description ?? ""),
    );
  }

  activate(index) {
    this.active = (index + this.rows.length) % this.rows.length;
    this.rows.forEach((row, at) => row.node.setAttribute("aria-selected", String(at === this.active)));
    const { node } = this.rows[this.active];
    node.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", node.id);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  take() {
    const { command } = this.rows[this.active];
    this.close();
    this.onPick(command);
  }

  /** Answer a key while the list is open; true when it was used up. */
  key(event) {
    if (!this.isOpen) return false;
    const current = this.rows[this.active].command.command;
    const isWhole = this.input.value === current;
    if (event.key === "ArrowDown") this.activate(this.active + 1);
    else if (event.key === "ArrowUp") this.activate(this.active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || (event.key === "Enter" && !isWhole)) this.take();
    else return false;
    return true;
  }
}
