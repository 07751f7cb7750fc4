// The pane of one thread: beside the channel on a desk, over it on a phone.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { byId, el, isNarrow } from "./dom.js";
import { whileReading } from "./inbox.js";
import { MessageList } from "./list.js";
import { replaceMessages, room, state, tell, threadOf } from "./state.js";
import { t } from "./words.js";

let list;
let composer;
let opener;

export function startThread() {
  list = new MessageList(byId("thread-scroll"), byId("thread-messages"), { inThread: true });
  composer = new Composer(byId("thread-composer"), { thread: () => state.thread ?? "", label: t("Reply…") });
  byId("thread-close").addEventListener("click", closeThread);
  byId("thread").addEventListener("keydown", (event) => event.key === "Escape" && closeThread());
}

/** Open the thread under a message. */
export async function openThread(ts) {
  opener = document.activeElement;
  state.thread = ts;
  list.reset();
  tell("thread");
  // On a phone the focus would bring up the keyboard over what is to be read.
  (isNarrow() ? byId("thread-close") : composer.input).focus({ preventScroll: true });
  await readThread();
}

/** Read the open thread again from the workspace. */
export async function readThread() {
  const { thread, channel, user } = state;
  if (!thread) return;
  await whileReading(async () => {
    const { messages } = await api.thread(user, channel, thread);
    if (user === state.user) replaceMessages(channel, messages, thread);
  });
  tell("messages");
}

export function closeThread() {
  if (!state.thread) return;
  state.thread = null;
  tell("thread");
  if (opener?.isConnected) opener.focus({ preventScroll: true });
}

const countText = (count) => (count === 1 ? t("1 reply") : t("{count} replies", { count }));

export function drawThread(names) {
  const pane = byId("thread");
  pane.hidden = !state.thread;
  document.body.classList.toggle("has-thread", Boolean(state.thread));
  if (!state.thread) return;
  byId("thread-channel").textContent = `#${room()?.name ?? ""}`;
  const messages = threadOf(state.thread);
  const replies = messages.length - 1;
  const between = replies > 0 ? el("div", { class: "reply-count" }, el("span", {}, countText(replies))) : undefined;
  list.draw(messages, { names, between, own: state.user });
}
