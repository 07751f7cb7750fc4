// Notifications of the desktop, where the person allowed them: what comes while the page is out of sight.

import { byId } from "./dom.js";
import { authorName } from "./message.js";
import { plainText } from "./mrkdwn.js";
import { isReply } from "./state.js";

const LONGEST = 240;

const isKnown = () => "Notification" in window;

/** Offer to notify, until the person said yes or no. */
export function startNotices() {
  const button = byId("notify");
  const draw = () => (button.hidden = !isKnown() || Notification.permission !== "default");
  button.addEventListener("click", async () => {
    await Notification.requestPermission();
    draw();
  });
  draw();
}

/** Tell of a message beside the page; a click brings the page back. */
export function notify(one) {
  if (!isKnown() || Notification.permission !== "granted" || !document.hidden || isReply(one)) return;
  const body = plainText(one.text ?? "").slice(0, LONGEST);
  const notice = new Notification(authorName(one), { body, tag: one.ts });
  notice.addEventListener("click", () => window.focus());
}
