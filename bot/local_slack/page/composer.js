// Where a person writes: messages, slash commands, and the door to the global shortcuts.

import { api } from "./api.js";
import { Completion } from "./completion.js";
import { el, iconButton } from "./dom.js";
import { openMenu } from "./popover.js";
import { whileBusy } from "./slots.js";
import { escape, me, remark, remarkFailure, room, state } from "./state.js";
import { t } from "./words.js";

const historyKey = () => `history:${state.user}`;
const history = () => JSON.parse(sessionStorage.getItem(historyKey()) ?? "[]");
const KEPT = 50;

function rememberLine(line) {
  const lines = history().filter((one) => one !== line);
  sessionStorage.setItem(historyKey(), JSON.stringify([...lines, line].slice(-KEPT)));
}

/** `@name` becomes a mention where the name is somebody's. */
function withMentions(text) {
  const people = [...state.workspace.users, { id: state.workspace.bot.user_id, name: state.workspace.bot.name }];
  return escape(text).replace(/(?<!\S)@([\w.-]+)/g, (whole, name) => {
    const found = people.find((one) => one.name === name);
    return found ? `<@${found.id}>` : whole;
  });
}

export class Composer {
  /** `thread` answers the ts of the thread that is written to, or null. */
  constructor(host, { thread = () => null, label, onSent = () => undefined }) {
    this.thread = thread;
    this.onSent = onSent;
    this.back = 0;
    this.input = el("textarea", {
      class: "composer-input",
      rows: "1",
      spellcheck: "true",
      on: { keydown: (event) => this.key(event), input: () => this.typed() },
    });
    this.completion = new Completion(this.input, (text, caret) => this.fill(text, caret));
    this.send = iconButton("send", t("Send"), () => this.submit(), { class: "icon-button send" });
    this.bolt = iconButton("bolt", t("Shortcuts"), () => this.openShortcuts(), {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
    });
    host.append(
      this.completion.list,
      el(
        "div",
        { class: "composer" },
        this.input,
        el("div", { class: "composer-bar" }, thread() === null && this.bolt, this.completion.hint, this.send),
      ),
    );
    this.label = label;
    this.refresh();
  }

  /** Say again where this writes to, and whether there are shortcuts. */
  refresh() {
    const place = room()?.is_im ? state.workspace.bot.name : `#${room()?.name ?? ""}`;
    const label = this.label ?? t("Message {place}", { place });
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", t("{label} as {name}", { label, name: me()?.real_name ?? me()?.name ?? "" }));
    this.bolt.hidden = !this.shortcuts().length;
    this.send.setAttribute("aria-disabled", String(!this.input.value.trim()));
  }

  shortcuts() {
    return state.workspace.shortcuts.filter((one) => !one.type.startsWith("message"));
  }

  typed() {
    this.back = 0;
    this.grow();
    this.completion.update();
    this.refresh();
  }

  grow() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 240)}px`;
  }

  fill(text, caret = text.length) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(caret, caret);
    this.grow();
    this.completion.update();
    this.refresh();
  }

  key(event) {
    if (event.isComposing) return; // Enter that ends a Korean syllable is not a send
    const used = this.completion.key(event) || this.recall(event) || this.enter(event);
    if (!used) return;
    event.preventDefault();
    event.stopPropagation();
  }

  enter(event) {
    if (event.key !== "Enter" || event.shiftKey) return false;
    this.submit();
    return true;
  }

  /** Up in an empty or recalled line brings back what was sent before. */
  recall(event) {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || (this.input.value && !this.back)) return false;
    const lines = history();
    const back = Math.min(this.back + step, lines.length);
    if (back < 0 || (back === 0 && !this.back)) return false;
    this.fill(back ? lines[lines.length - back] : "");
    this.completion.close();
    this.back = back;
    return true;
  }

  submit() {
    const line = this.input.value.trim();
    if (!line) return;
    rememberLine(line);
    this.fill("");
    this.completion.close();
    this.onSent();
    if (/^\/[a-z]/i.test(line)) this.command(line);
    else this.say(line);
  }

  async say(line) {
    try {
      const thread_ts = this.thread() ?? undefined;
      await api.say({ user: state.user, channel: state.channel, text: withMentions(line), thread_ts });
    } catch (error) {
      remark(t("Your message was not sent: {why}", { why: escape(error.message) }), this.thread());
      if (!this.input.value) this.fill(line);
    }
  }

  async command(line) {
    const name = line.split(/\s/)[0];
    const thread = this.thread();
    if (thread) return remark(t("{name} cannot be used in threads.", { name: `\`${escape(name)}\`` }), thread);
    if (!state.workspace.commands.some((one) => one.command === name))
      return remark(t("{name} is not a command here. Type / to see them all.", { name: `\`${escape(name)}\`` }));
    try {
      await whileBusy(this.send, api.command({ user: state.user, channel: state.channel, text: line }));
    } catch (error) {
      remarkFailure(`\`${escape(name)}\``, error);
    }
  }

  openShortcuts() {
    const items = this.shortcuts().map((one) => ({ value: one, text: one.name, description: one.description }));
    openMenu(this.bolt, { label: t("Shortcuts"), kind: "menu", items, onPick: (one) => this.runShortcut(one) });
  }

  async runShortcut(shortcut) {
    try {
      await whileBusy(this.bolt, api.shortcut({ user: state.user, callback_id: shortcut.callback_id }));
    } catch (error) {
      remarkFailure(`“${shortcut.name}”`, error);
    }
  }
}
