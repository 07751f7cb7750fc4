// One message: who, when, what, and what can be done with it.

import { api } from "./api.js";
import { picture, foldable, renderBlocks } from "./blocks.js";
import { replyTime, stamp } from "./dates.js";
import { el, icon, iconButton } from "./dom.js";
import { emoji } from "./emoji.js";
import { pictureAddress, safeAddress } from "./inline.js";
import { mrkdwn, plainText } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { whileBusy } from "./slots.js";
import { dismiss, isBot, message as messageOf, nameOf, person, remarkFailure, state } from "./state.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

const isFromBot = (message) => Boolean(message.bot_id) || isBot(message.user);

export const authorName = (message) =>
  nameOf(message.user) ||
  message.username ||
  (isFromBot(message) ? state.workspace.bot.name : message.user) ||
  t("Unknown");

/** Two messages with the same key, close in time, stand under one name. */
export const authorKey = (message) => `${message.user ?? message.bot_id} ${message.username ?? ""}`;

const initials = (name) => {
  const words = name.split(/[\s_.-]+/).filter(Boolean);
  const letters = words.length > 1 ? words[0][0] + words.at(-1)[0] : name.slice(0, /^\p{ASCII}/u.test(name) ? 2 : 1);
  return letters.toLocaleUpperCase();
};

/** A person's initials on their colour. */
export function avatar(user, className = "avatar") {
  const node = el("span", { class: className, "aria-hidden": "true" }, initials(user?.real_name || user?.name || "?"));
  const colour = String(user?.colour ?? "").replace(/^#?/, "#");
  if (CSS.supports("color", colour)) node.style.background = colour;
  return node;
}

function face(message) {
  if (message.local) return el("span", { class: "avatar local", "aria-hidden": "true" }, icon("info"));
  if (isFromBot(message)) return el("span", { class: "avatar bot", "aria-hidden": "true" }, icon("bot"));
  return avatar(person(message.user) ?? { name: authorName(message) });
}

function content(message) {
  const context = {
    kind: "message",
    container: `message ${message.ts}`,
    where: { channel: message.channel, message_ts: message.ts },
  };
  if (message.blocks?.length) return renderBlocks(message.blocks, context);
  if (!message.text) return [];
  return [foldable(message.text, el("div", { class: "mrkdwn" }, mrkdwn(message.text)))];
}

function attachment(one, message) {
  const bar = el("div", { class: "attachment" });
  if (/^#?[0-9a-f]{3,8}$/i.test(one.color ?? "")) bar.style.borderColor = one.color.replace(/^#?/, "#");
  if (one.blocks)
    bar.append(
      ...renderBlocks(one.blocks, {
        kind: "message",
        container: `message ${message.ts}`,
        where: { channel: message.channel, message_ts: message.ts },
      }),
    );
  const address = one.title_link && safeAddress(one.title_link);
  const title = address
    ? el("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, one.title)
    : one.title;
  if (title) bar.append(el("strong", {}, title));
  if (one.text) bar.append(el("div", { class: "mrkdwn" }, mrkdwn(one.text)));
  const fields = (one.fields ?? []).map((field) =>
    el("div", {}, el("strong", {}, field.title), el("div", {}, mrkdwn(field.value ?? ""))),
  );
  if (fields.length) bar.append(el("div", { class: "fields" }, fields));
  if (one.image_url && pictureAddress(one.image_url))
    bar.append(picture(pictureAddress(one.image_url), one.fallback ?? ""));
  if (one.footer) bar.append(el("div", { class: "context" }, one.footer));
  return bar;
}

function file(one) {
  const source = pictureAddress(one.url ?? one.url_private) ?? `/local/files/${encodeURIComponent(one.id)}`;
  const title = one.title || one.name;
  if (one.mimetype?.startsWith("image/")) return picture(source, one.alt_txt || title, title, one);
  return el(
    "a",
    { class: "file", href: source, download: one.name },
    icon("file"),
    el("span", {}, el("strong", {}, title), el("small", {}, one.name)),
  );
}

function reaction(one) {
  const people = one.users.map((id) => nameOf(id) ?? id).join(", ");
  return el(
    "span",
    { class: "reaction", title: people, "aria-label": t("{count} × {name}, by {people}", { count: one.users.length, name: one.name, people }) },
    emoji(one.name),
    ` ${one.users.length}`,
  );
}

function threadSummary(message, openThread) {
  if (!message.reply_count) return null;
  const count = message.reply_count === 1 ? t("1 reply") : t("{count} replies", { count: message.reply_count });
  const last =
    message.latest_reply && el("span", { class: "thread-last" }, t("Last reply {time}", { time: replyTime(message.latest_reply) }));
  return el(
    "button",
    { type: "button", class: "thread-summary", "data-key": "thread", on: { click: () => openThread(message.ts) } },
    el("strong", {}, count),
    last,
    icon("chevron"),
  );
}

async function runShortcut(shortcut, message, button) {
  try {
    await whileBusy(
      button,
      api.shortcut({
        user: state.user,
        callback_id: shortcut.callback_id,
        channel: message.channel,
        message_ts: message.ts,
      }),
    );
  } catch (error) {
    remarkFailure(`“${shortcut.name}”`, error);
  }
}

async function copyText(message) {
  await navigator.clipboard.writeText(plainText(message.text ?? ""));
  toast(t("Copied"));
}

function openMore(button, message) {
  const shortcuts = state.workspace.shortcuts.filter((one) => one.type.startsWith("message"));
  const items = shortcuts.map((one) => ({
    value: one,
    text: one.name,
    description: one.description,
    before: icon("bolt"),
  }));
  items.push({ value: null, text: t("Copy text"), before: icon("copy") });
  openMenu(button, {
    label: t("More actions"),
    kind: "menu",
    items,
    onPick: (one) => (one ? runShortcut(one, message, button) : copyText(message)),
  });
}

function tools(message, { openThread, inThread }) {
  if (message.local) return null;
  const canReply = !inThread && !message.ephemeral;
  const more = message.ephemeral
    ? null
    : iconButton("dots", t("More actions"), (event) => openMore(event.currentTarget, message), {
        "aria-haspopup": "menu",
        "data-key": "more",
      });
  return el(
    "div",
    { class: "message-tools" },
    canReply && iconButton("reply", t("Reply in thread"), () => openThread(message.ts), { "data-key": "reply" }),
    more,
  );
}

/** A reply that was also sent to the channel says which thread it is of, and leads there. */
function threadNote(message, openThread) {
  if (!message.broadcast || !openThread) return null;
  const parent = messageOf(message.thread_ts, message.channel);
  const about = plainText(parent?.text ?? "").slice(0, 60);
  return el(
    "button",
    { type: "button", class: "link-button replied-to", on: { click: () => openThread(message.thread_ts) } },
    t("Replied to a thread: {text}", { text: about || t("Thread") }),
  );
}

function ephemeralNote(message) {
  const away = el("button", { type: "button", class: "link-button", on: { click: () => dismiss(message) } }, t("Dismiss"));
  return el("div", { class: "only-you" }, icon("eye"), t("Only visible to you"), " · ", away);
}

/** The whole message. `grouped` leaves out the name, because the message above has it. */
export function renderMessage(message, options) {
  const name = authorName(message);
  const { grouped } = options;
  const head = el(
    "div",
    { class: "message-head" },
    el("strong", { class: "author" }, name),
    isFromBot(message) && el("span", { class: "badge" }, t("app")),
    stamp(message.ts),
  );
  const edited = message.edited && el("span", { class: "edited" }, t("(edited)"));
  return el(
    "article",
    {
      class: ["message", grouped && "grouped", message.ephemeral && "ephemeral"].filter(Boolean).join(" "),
      "aria-label": `${name}: ${plainText(message.text ?? "")}`,
      tabindex: "-1",
      data: { ts: message.ts },
    },
    grouped ? el("div", { class: "gutter" }, stamp(message.ts)) : face(message),
    el(
      "div",
      { class: "message-body" },
      message.ephemeral && ephemeralNote(message),
      !grouped && head,
      options.inThread ? null : threadNote(message, options.openThread),
      el("div", { class: "content" }, content(message), edited),
      (message.attachments ?? []).map((one) => attachment(one, message)),
      (message.files ?? []).map(file),
      message.reactions?.length ? el("div", { class: "reactions" }, message.reactions.map(reaction)) : null,
      options.inThread ? null : threadSummary(message, options.openThread),
    ),
    tools(message, options),
  );
}
