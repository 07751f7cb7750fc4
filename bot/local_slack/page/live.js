// What happens in the workspace, as it happens, and the reading that catches up with it.

import { Events, api, refusedLately } from "./api.js";
import { handleWith, take, whileReading } from "./inbox.js";
import { authorName } from "./message.js";
import { dropModal, keepModal } from "./modal.js";
import { plainText } from "./mrkdwn.js";
import { notify } from "./notify.js";
import { countUnread, forget, isReply, keep, replaceMessages, room, state, tell } from "./state.js";
import { readThread } from "./thread.js";
import { announce, complain, toast } from "./toast.js";

let events;

/** Read everything that this user can see; after a lost connection this is also what catches up. */
export const readAll = () => whileReading(readNow);

async function readNow() {
  const { user, channel } = state;
  const [workspace, messages, views] = await Promise.all([
    api.workspace(user),
    api.messages(user, channel),
    api.views(user),
  ]);
  if (state.user !== user || state.channel !== channel) return;
  state.workspace = workspace;
  state.modals = views.modals;
  state.home = views.home;
  replaceMessages(channel, messages.messages);
  tell("workspace", "messages", "modals", "home");
  await readThread();
}

const HANDLERS = {
  message: ({ message: one }) => receive(one),
  message_changed: ({ message: one }) => change(one),
  message_deleted: ({ message: one }) => {
    forget(one);
    tell("messages");
  },
  view_opened: ({ view }) => keepView(view),
  view_updated: ({ view }) => keepView(view),
  view_closed: ({ view }) => dropModal(view.id),
  home_published: ({ view }) => {
    state.home = view;
    tell("home");
  },
  bot_connected: () => setBot(true),
  bot_disconnected: () => setBot(false),
  clock: ({ clock }) => {
    state.workspace.clock = clock;
    tell("clock");
  },
  // Another tab of the same person may have asked for it; what this page asked for is told where it was asked.
  failed: ({ error, detail }) => setTimeout(() => refusedLately() || toast(detail || error, "bad"), 400),
};

function receive(one) {
  const isNew = keep(one);
  if (!room(one.channel)) readWorkspace(); // the app wrote to somebody for the first time
  if (isNew && one.user !== state.user) {
    announce(`${authorName(one)}: ${plainText(one.text ?? "")}`);
    if (!isReply(one) && !isLookedAt(one)) countUnread(one);
    notify(one);
  }
  tell("messages", "unread");
}

/** Whether the person can see the foot of the channel in which something comes now. */
const isLookedAt = (one) => one.channel === state.channel && state.place === "channel" && !document.hidden && state.atFoot;

function change(one) {
  keep(one);
  tell("messages");
}

function keepView(view) {
  if (view.type !== "home") return keepModal(view);
  state.home = view;
  return tell("home");
}

async function setBot(connected) {
  state.workspace.bot.connected = connected;
  tell("workspace");
  // A bot that has just come may have brought its commands and shortcuts.
  if (connected) await readWorkspace();
}

const readWorkspace = () =>
  whileReading(async () => {
    const { user } = state;
    const workspace = await api.workspace(user);
    if (user !== state.user) return;
    state.workspace = workspace;
    tell("workspace");
  });

/** Follow what happens as one user can see it; whoever was followed before is let go. */
export function listenAs(user) {
  events?.stop();
  handleWith((event) => HANDLERS[event.type]?.(event));
  events = new Events(user, {
    onOpen: async () => {
      state.linked = true;
      await readAll().catch(complain);
      tell("linked");
    },
    onLost: () => {
      state.linked = false;
      tell("linked");
    },
    onEvent: take,
  });
}
