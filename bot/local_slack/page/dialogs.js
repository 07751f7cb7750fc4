// The browser's own <dialog> traps the focus, hides the rest from screen readers and answers Escape.

import { el, freshId, iconButton } from "./dom.js";
import { text } from "./mrkdwn.js";
import { t } from "./words.js";

/** Show a dialog and remove it when it closes; the promise gives its return value ("" for Escape). */
export function present(dialog) {
  const before = document.activeElement;
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      if (before?.isConnected) before.focus({ preventScroll: true });
      resolve(dialog.returnValue);
    });
  });
}

/** A click on the dimmed page around a dialog reaches the dialog element itself. */
export function closeOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}

/** Ask a Block Kit confirm object; true when the person went on. */
export async function confirmed(confirm) {
  const title = freshId("title");
  const body = freshId("body");
  const style = confirm.style === "danger" ? "button danger solid" : "button primary";
  const dialog = el("dialog", {
    class: "dialog confirm",
    role: "alertdialog",
    "aria-labelledby": title,
    "aria-describedby": body,
  });
  const button = (value, label, className, autofocus = false) =>
    el("button", { type: "button", class: className, autofocus, on: { click: () => dialog.close(value) } }, label);
  dialog.append(
    el("h2", { id: title, class: "dialog-title" }, text(confirm.title)),
    el("div", { id: body, class: "dialog-text mrkdwn" }, text(confirm.text)),
    el(
      "div",
      { class: "dialog-foot" },
      button("", text(confirm.deny ?? t("Cancel")), "button", true),
      button("yes", text(confirm.confirm ?? t("Yes")), style),
    ),
  );
  closeOnBackdrop(dialog);
  return (await present(dialog)) === "yes";
}

/** Show a picture as large as the window allows. */
export function enlarge(address, alt, title) {
  const dialog = el("dialog", { class: "lightbox", "aria-label": title || alt || "Picture" });
  dialog.append(
    el(
      "div",
      { class: "lightbox-bar" },
      el("span", {}, title || alt || ""),
      iconButton("close", t("Close"), () => dialog.close(), { autofocus: true }),
    ),
    el("img", { src: address, alt }),
  );
  closeOnBackdrop(dialog);
  return present(dialog);
}
