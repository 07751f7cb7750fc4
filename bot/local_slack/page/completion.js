// The list above the composer: slash commands, or people after an @. The text keeps the focus; the list follows it.

import { el, freshId } from "./dom.js";
import { state } from "./state.js";
import { t } from "./words.js";

const commandsLike = (typed) =>
  state.workspace.commands
    .filter((one) => one.command.startsWith(typed.toLowerCase()))
    .map((one) => ({ text: one.command, usage: one.usage_hint ?? "", detail: one.description ?? "" }));

/** Everybody whose name, or one word of it, begins as it was typed after the @; the app is somebody, too. */
function peopleLike(typed) {
  const { bot, users } = state.workspace;
  const everybody = [...users, { name: bot.name, real_name: bot.name, role: t("app") }];
  const isLike = (user) =>
    [user.name, ...(user.real_name ?? "").split(/\s+/)].some((word) => word?.toLowerCase().startsWith(typed));
  return everybody
    .filter(isLike)
    .map((user) => ({ text: `@${user.name}`, usage: "", detail: [user.real_name, t(user.role ?? "")].join(" · ") }));
}

export class Completion {
  /** `onPick` gets the whole text with what was picked in it, and where the caret belongs. */
  constructor(input, onPick) {
    Object.assign(this, { input, onPick, rows: [], active: 0, from: 0 });
    this.list = el("div", { id: freshId("commands"), class: "completion", role: "listbox", hidden: true });
    this.hint = el("div", { class: "usage", "aria-live": "polite", hidden: true });
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.list.id);
    this.close();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** Follow what was typed: the beginning of a command, or of a name after an @, opens the list. */
  update() {
    const typed = this.input.value;
    const before = typed.slice(0, this.input.selectionStart ?? typed.length);
    const name = /(?:^|\s)@([\w.-]*)$/.exec(before);
    const isCommand = /^\/\S*$/.test(typed);
    const matches = isCommand ? commandsLike(typed) : name ? peopleLike(name[1].toLowerCase()) : [];
    this.from = isCommand ? 0 : before.length - (name?.[1].length ?? 0) - 1;
    const title = isCommand
      ? t("Commands of {name}", { name: state.workspace.bot.name ?? t("The app") })
      : t("People to mention");
    if (matches.length) this.open(matches, title, isCommand ? t("Commands") : t("People"));
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

  open(matches, title, label) {
    this.rows = matches.map((match, index) => ({ match, node: this.row(match, index) }));
    this.list.setAttribute("aria-label", label);
    this.list.replaceChildren(
      el("div", { class: "completion-title", role: "presentation" }, title),
      ...this.rows.map((row) => row.node),
    );
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.activate(0);
  }

  row(match, index) {
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
        match.text,
        " ",
        el("span", { class: "completion-usage" }, match.usage),
      ),
      el("span", { class: "completion-detail" }, match.detail),
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
    const { text } = this.rows[this.active].match;
    const { value, selectionStart } = this.input;
    const head = `${value.slice(0, this.from)}${text} `;
    this.close();
    this.onPick(head + value.slice(selectionStart).trimStart(), head.length);
  }

  /** Answer a key while the list is open; true when it was used up. */
  key(event) {
    if (!this.isOpen) return false;
    const isWhole = this.input.value === this.rows[this.active].match.text;
    if (event.key === "ArrowDown") this.activate(this.active + 1);
    else if (event.key === "ArrowUp") this.activate(this.active - 1);
    else if (event.key === "Escape") this.close();
    else if (event.key === "Tab" || (event.key === "Enter" && !isWhole)) this.take();
    else return false;
    return true;
  }
}
