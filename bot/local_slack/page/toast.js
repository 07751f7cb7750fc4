// Short remarks at the foot of the window, and the voice for screen readers.

import { byId, el } from "./dom.js";

const SHOWN_FOR = 6000;

export function toast(text, kind = "") {
  const node = el("div", { class: `toast ${kind}`, role: kind === "bad" ? "alert" : "status" }, text);
  byId("toasts").append(node);
  setTimeout(() => node.remove(), SHOWN_FOR);
}

/** Show why something went wrong; made for `catch`. */
export const complain = (error) => toast(error.message, "bad");

/** Say something to screen readers only. */
export function announce(text) {
  byId("voice").textContent = text;
}
