// Modals: only the top of the stack is seen. The dialog stays the same element while its view is updated.

import { api } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { present } from "./dialogs.js";
import { el, freshId, icon, iconButton, keepingFocus } from "./dom.js";
import { text } from "./mrkdwn.js";
import { isBusy, valuesOf, whileBusy } from "./slots.js";
import { forgetForm, state, tell } from "./state.js";
import { t } from "./words.js";

const container = (view) => `view ${view.id}`;

class Modal {
  constructor() {
    const title = freshId("title");
    this.title = el("h2", { id: title, class: "dialog-title" });
    this.lead = el("span", { class: "modal-lead" });
    this.body = el("div", { class: "modal-body" });
    this.foot = el("div", { class: "dialog-foot" });
    this.form = el(
      "form",
      { novalidate: true, on: { submit: (event) => this.submit(event) } },
      el(
        "div",
        { class: "modal-head" },
        this.lead,
        this.title,
        iconButton("close", t("Close"), () => this.closeView()),
      ),
      this.body,
      this.foot,
    );
    this.dialog = el("dialog", { class: "dialog modal", "aria-labelledby": title }, this.form);
    // Escape closes the top view; the dialog stays while there is another one under it.
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (event.target === this.dialog) this.closeView();
    });
  }

  show(view, isPushed) {
    const isOther = this.view?.id !== view.id;
    this.view = view;
    this.lead.replaceChildren(
      isPushed
        ? iconButton("back", t("Back"), () => this.closeView())
        : el("span", { class: "avatar bot small", "aria-hidden": "true" }, icon("bot")),
    );
    this.title.replaceChildren(...[text(view.title)].flat());
    keepingFocus(this.dialog, () => {
      this.body.replaceChildren(
        ...renderBlocks(view.blocks, { kind: "modal", container: container(view), where: { view_id: view.id } }),
      );
      this.drawFoot();
    });
    if (!this.dialog.open) this.present();
    if (isOther) this.focusFirst();
  }

  /** A browser may close a dialog over our head (a second Escape): then the whole stack goes, and a new one begins. */
  async present() {
    await present(this.dialog);
    if (modal === this) modal = null;
    if (this.view) state.modals.map((view) => view.id).forEach(closeModal);
  }

  drawFoot() {
    const close = el(
      "button",
      { type: "button", class: "button", "data-key": "close", on: { click: () => this.closeView() } },
      this.view.close ? text(this.view.close) : t("Close"),
    );
    this.submitButton =
      this.view.submit &&
      el("button", { type: "submit", class: "button primary", "data-key": "submit" }, text(this.view.submit));
    this.trouble = el("p", { class: "modal-trouble", role: "alert" });
    this.foot.replaceChildren(...[this.trouble, close, this.submitButton].filter(Boolean));
  }

  focusFirst() {
    this.body.scrollTop = 0;
    const first = this.body.querySelector("[autofocus]") ?? this.body.querySelector("input, textarea, .select, button");
    (first ?? this.submitButton ?? this.dialog).focus({ preventScroll: true });
  }

  field(block) {
    return [...this.body.querySelectorAll("[data-block]")].find((node) => node.dataset.block === block);
  }

  /** Put each error under its field and go to the first of them. */
  showErrors(errors) {
    for (const node of this.body.querySelectorAll(".input-error")) node.hidden = true;
    for (const node of this.body.querySelectorAll(".has-error")) node.classList.remove("has-error");
    for (const node of this.body.querySelectorAll("[aria-invalid]")) node.removeAttribute("aria-invalid");
    const places = Object.entries(errors)
      .map(([block, said]) => [this.field(block), said])
      .filter(([place]) => place);
    for (const [place, said] of places) {
      const line = place.querySelector(".input-error");
      place.classList.add("has-error");
      if (line) Object.assign(line, { textContent: t(said), hidden: false });
      place.querySelector("[data-key]")?.setAttribute("aria-invalid", "true");
    }
    places[0]?.[0].scrollIntoView({ block: "nearest" });
    places[0]?.[0].querySelector("[data-key]")?.focus({ preventScroll: true });
  }

  /** Fields that must be filled and are not: told at once, as Slack does, without asking the bot. */
  missing(values) {
    const needed = this.view.blocks.filter((block) => block.type === "input" && !block.optional);
    const isEmpty = (value) => value === undefined || value === null || value.length === 0;
    const empty = needed.filter((block) => isEmpty(values[block.block_id]?.[block.element.action_id]));
    return Object.fromEntries(empty.map((block) => [block.block_id, "Please complete this required field."]));
  }

  async submit(event) {
    event.preventDefault();
    const button = this.submitButton;
    if (!button || isBusy(button)) return;
    const values = valuesOf(container(this.view), this.view.blocks);
    const missing = this.missing(values);
    this.showErrors(missing);
    this.trouble.textContent = "";
    if (Object.keys(missing).length) return;
    const { id } = this.view;
    try {
      const answer = await whileBusy(button, api.submit(id, state.user, values));
      if (answer.errors) this.showErrors(answer.errors);
    } catch (error) {
      this.trouble.textContent = t("The app did not take this: {why}", { why: `${error.message} (${error.code})` });
    }
  }

  closeView() {
    closeModal(this.view.id);
  }

  hide() {
    this.view = null;
    this.dialog.close();
  }
}

let modal = null;

/** Take a view off the page's own stack. */
export function dropModal(id) {
  state.modals = state.modals.filter((view) => view.id !== id);
  forgetForm(`view ${id}`);
  tell("modals");
}

/** Close a view here and tell the bot; a view that is gone already needs no telling. */
function closeModal(id) {
  dropModal(id);
  api.close(id, state.user).catch(() => undefined);
}

/** Take a view as it now is: pushed, opened or updated. */
export function keepModal(view) {
  const known = state.modals.some((one) => one.id === view.id);
  state.modals = known ? state.modals.map((one) => (one.id === view.id ? view : one)) : [...state.modals, view];
  tell("modals");
}

export function drawModals() {
  const top = state.modals.at(-1);
  if (!top) {
    modal?.hide();
    modal = null;
    return;
  }
  modal ??= new Modal();
  if (modal.view !== top) modal.show(top, state.modals.length > 1);
}
