// What the page knows, and who wants to hear when it changes. Nothing here touches the document.

import { t } from "./words.js";

const listeners = new Map();

export const state = {
  workspace: { team: { name: "" }, channels: [], users: [], commands: [], shortcuts: [], bot: {} },
  user: "",
  channel: "",
  place: "channel", // or "home"
  thread: null, // the ts of the open thread's parent
  linked: true, // until the events socket is lost
  messages: new Map(), // channel -> Map of ts -> message, top level and replies alike
  read: new Set(), // channels whose messages have been read: until then nobody knows whether there are none
  modals: [],
  home: null,
  atFoot: true, // whether the newest message of the channel is in sight
  unread: new Map(), // channel -> how many messages nobody has looked at
  newFrom: new Map(), // channel -> ts of the first message that came while nobody looked
};

/** Hear about a topic: workspace, user, place, messages, thread, modals, home, linked, clock. */
export function on(topics, listener) {
  for (const topic of [topics].flat()) listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

/** Tell everyone who hears one of the topics, each of them once. */
export function tell(...topics) {
  for (const listener of new Set(topics.flatMap((topic) => listeners.get(topic) ?? []))) listener();
}

export const person = (id) => state.workspace.users.find((user) => user.id === id);
export const me = () => person(state.user);
export const rooms = () => state.workspace.channels.filter((channel) => !channel.is_im);
export const direct = () => state.workspace.channels.find((channel) => channel.is_im);
export const room = (id = state.channel) => state.workspace.channels.find((channel) => channel.id === id);
export const isBot = (id) => Boolean(id) && (id === state.workspace.bot.user_id || id === state.workspace.bot.id);

/** The name to show for a user id, or undefined. */
export function nameOf(id) {
  const user = person(id);
  if (user) return user.real_name || user.name;
  return isBot(id) ? state.workspace.bot.name : undefined;
}

function channelMessages(channel) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  return state.messages.get(channel);
}

const byTime = (a, b) => Number(a.ts) - Number(b.ts);

/** A reply stands in its thread only, unless it was also sent to the channel. */
export const isReply = (message) =>
  Boolean(message.thread_ts) && message.thread_ts !== message.ts && !message.broadcast;

/** The messages of the channel itself, oldest first. */
export function topLevel(channel = state.channel) {
  return [...channelMessages(channel).values()].filter((m) => !isReply(m)).sort(byTime);
}

/** A thread, its parent first. */
export function threadOf(ts, channel = state.channel) {
  return [...channelMessages(channel).values()].filter((m) => m.ts === ts || m.thread_ts === ts).sort(byTime);
}

export const message = (ts, channel = state.channel) => channelMessages(channel).get(ts);

/** Take one message as it now is; tells whether it was new. */
export function keep(one) {
  const all = channelMessages(one.channel);
  const isNew = !all.has(one.ts);
  if (one.ephemeral && isDismissed(one.ts)) return false;
  all.set(one.ts, one);
  return isNew;
}

export function forget(one) {
  channelMessages(one.channel).delete(one.ts);
}

/** Replace what is known of a channel (or of a thread) by what the workspace says; the page's own remarks stay. */
export function replaceMessages(channel, fresh, thread = null) {
  if (!thread) state.read.add(channel);
  const all = channelMessages(channel);
  for (const old of all.values()) {
    const covered = thread ? old.ts === thread || old.thread_ts === thread : !isReply(old);
    if (covered && !old.local) all.delete(old.ts);
  }
  fresh.forEach(keep);
}

/** Take note of a message that came while nobody looked; the first of them gets the line above it. */
export function countUnread(one) {
  state.unread.set(one.channel, (state.unread.get(one.channel) ?? 0) + 1);
  if (!state.newFrom.has(one.channel)) state.newFrom.set(one.channel, one.ts);
}

/** As Slack writes the three signs that its own words are made of. */
export const escape = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Say to this user that the app, or the workspace, did not take something. */
export function remarkFailure(what, error) {
  const code = `\`${error.code}\``;
  remark(t("{name} failed with the error {code}: {why}", { name: what, code, why: escape(error.message) }));
}

/** Say something to this user from the page itself, as Slack's own helper does. */
export function remark(text, thread_ts = null) {
  const last = topLevel().at(-1);
  const seen = Math.max(Number(last?.ts ?? 0), ...threadOf(thread_ts ?? "").map((m) => Number(m.ts)));
  const ts = (seen ? seen + 0.0001 : Date.now() / 1000).toFixed(6);
  keep({ ts, thread_ts, channel: state.channel, username: t("Local workspace"), text, ephemeral: true, local: true });
  tell("messages");
}

const dismissedKey = () => `dismissed:${state.user}`;
const dismissedList = () => JSON.parse(sessionStorage.getItem(dismissedKey()) ?? "[]");
const isDismissed = (ts) => dismissedList().includes(ts);

/** Put an ephemeral message away for good, in this tab. */
export function dismiss(one) {
  sessionStorage.setItem(dismissedKey(), JSON.stringify([...dismissedList(), one.ts]));
  forget(one);
  tell("messages");
}

const forms = new Map();

/** What a person has chosen or typed in one message or view; it outlives a redrawing. */
export function formOf(container) {
  if (!forms.has(container)) forms.set(container, new Map());
  return forms.get(container);
}

export const forgetForm = (container) => forms.delete(container);
