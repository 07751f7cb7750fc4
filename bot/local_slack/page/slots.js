// A slot is where one interactive element keeps its value and from where it reaches the bot.

import { api } from "./api.js";
import { confirmed } from "./dialogs.js";
import { el } from "./dom.js";
import { formOf, state } from "./state.js";
import { t } from "./words.js";

// Long enough that a double click stays one click, short enough not to be felt.
const SHORTEST_BUSY = 700;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Mark a control as working until the promise settles, and at least long enough to swallow a second click. */
export async function whileBusy(control, promise, shortest = SHORTEST_BUSY) {
  control.setAttribute("aria-busy", "true");
  control.setAttribute("aria-disabled", "true");
  try {
    return (await Promise.all([promise, pause(shortest)]))[0];
  } finally {
    control.removeAttribute("aria-busy");
    control.removeAttribute("aria-disabled");
  }
}

export const isBusy = (control) => control.getAttribute("aria-busy") === "true";

/** Say beside a control why the app did not get it. */
function showFailure(control, error) {
  const holder = control.closest(".block, .message") ?? control.parentElement;
  clearFailure(holder);
  const said = error.code === "not_reachable" ? error.message : t("The app did not take this: {why}", { why: error.message });
  holder.append(el("p", { class: "failure", role: "alert" }, said, " ", el("code", {}, error.code)));
}

const clearFailure = (holder) => holder.querySelectorAll(":scope > .failure").forEach((node) => node.remove());

export class Slot {
  /** `context` names where the block stands: `{kind, container, where}`; `where` goes with every action. */
  constructor(context, block, element) {
    this.context = context;
    this.block = block;
    this.element = element;
    this.key = `${block.block_id ?? ""} ${element.action_id ?? ""}`;
    this.form = formOf(context.container);
    this.silent = block.type === "input" && !block.dispatch_action;
  }

  /** The value as it stands; the element's initial one until somebody changes it. */
  value(initial) {
    if (!this.form.has(this.key)) this.form.set(this.key, initial);
    return this.form.get(this.key);
  }

  set(value) {
    this.form.set(this.key, value);
  }

  /** Press a button: what is pressed again while it works is not sent again. */
  press(payload, control) {
    return isBusy(control) ? Promise.resolve(false) : this.tell(payload, control, SHORTEST_BUSY);
  }

  /** Keep a choice and tell the bot, one choice after the other; what it does not take is undone by `redraw`. */
  async choose(value, payload, control, redraw) {
    const before = this.value();
    this.set(value);
    redraw?.();
    if (this.silent) return;
    this.queue = (this.queue ?? Promise.resolve()).then(() => this.tell(payload, control, 0));
    const isTaken = await this.queue;
    if (isTaken || this.value() !== value) return;
    this.set(before);
    redraw?.();
  }

  /** Send the action, after its confirm dialog; false when it was not sent or not taken. */
  async tell(payload, control, shortest) {
    if (this.element.confirm && !(await confirmed(this.element.confirm))) return false;
    const holder = control.closest(".block, .message");
    if (holder) clearFailure(holder);
    const { action_id } = this.element;
    const body = { user: state.user, action_id, block_id: this.block.block_id, ...this.context.where, ...payload };
    try {
      await whileBusy(control, api.act(body), shortest);
      return true;
    } catch (error) {
      showFailure(control, error);
      return false;
    }
  }
}

/** Every value of a view, as the submit call wants it: `{block_id: {action_id: value}}`. */
export function valuesOf(container, blocks) {
  const values = {};
  const form = formOf(container);
  for (const block of blocks) {
    for (const element of [block.element, block.accessory, ...(block.elements ?? [])]) {
      const value = element?.action_id && form.get(`${block.block_id ?? ""} ${element.action_id}`);
      // An emptied field goes along too, or the bot's own first value would stand in for it.
      if (value !== undefined) values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
    }
  }
  return values;
}
