// Slack's own markup. Fences first, then quotes by line, then the inline marks.

import { liveDate } from "./dates.js";
import { el } from "./dom.js";
import { emoji, withSigns } from "./emoji.js";
import { link, safeAddress, scan, unescape } from "./inline.js";
import { nameOf, room, state } from "./state.js";

// A mark opens after a space or sign and closes before one, so that 3*4*5 and snake_case stay as they are.
const mark = (sign) =>
  new RegExp(
    `(?<![\\p{L}\\p{N}${sign}])${sign}(?=\\S)([^${sign}\\n]*[^\\s${sign}])${sign}(?![\\p{L}\\p{N}${sign}])`,
    "gu",
  );

const wrap = (tag) => (match) => el(tag, {}, inline(match[1]));

const RULES = [
  [/`([^`\n]+)`/g, (match) => el("code", {}, unescape(match[1]))],
  [/<([^<>\n]+)>/g, (match) => angle(match[1])],
  [mark("\\*"), wrap("strong")],
  [mark("_"), wrap("em")],
  [mark("~"), wrap("s")],
  [/:([a-z0-9_+'-]+):/g, (match) => emojiOrText(match[1])],
  [/https?:\/\/[^\s<>|*`]*[^\s<>|*`.,;:!?)'"]/g, (match) => link(unescape(match[0]), unescape(match[0]))],
];

const inline = (text) => scan(text, RULES);

function emojiOrText(name) {
  const node = emoji(name);
  return node.nodeType === Node.TEXT_NODE ? null : node;
}

export function userMention(id, label) {
  const own = id === state.user;
  return el("span", { class: own ? "mention own" : "mention" }, `@${nameOf(id) ?? label ?? id}`);
}

export function channelMention(id, label) {
  const known = room(id);
  const text = `#${known?.name ?? label ?? id}`;
  return known
    ? el("a", { class: "mention", href: `#${state.user}/${id}` }, text)
    : el("span", { class: "mention" }, text);
}

export const broadcast = (range) => el("span", { class: "mention own" }, `@${range}`);

function angle(inside) {
  const [target, ...rest] = inside.split("|");
  const label = rest.length ? unescape(rest.join("|")) : undefined;
  if (target.startsWith("@")) return userMention(target.slice(1), label);
  if (target.startsWith("#")) return channelMention(target.slice(1), label);
  if (target.startsWith("!")) return special(target.slice(1), label);
  const address = unescape(target);
  if (!safeAddress(address)) return null; // shown as it was typed
  return link(address, ...withSigns(label ?? address.replace(/^mailto:/, "")));
}

function special(command, label) {
  const [name, seconds, pattern, address] = command.split("^");
  if (name === "date") {
    const date = liveDate(seconds, unescape(pattern ?? "{date}"), label ?? "");
    return address ? link(unescape(address), date) : date;
  }
  if (name === "subteam") return el("span", { class: "mention" }, label ?? `@${seconds}`);
  return broadcast(label?.replace(/^@/, "") ?? name);
}

const QUOTE = /^(?:&gt;|>) ?/;

function quotedOrPlain(text) {
  const nodes = [];
  let plain = [];
  let quoted = [];
  const flush = () => {
    if (plain.length) nodes.push(...inline(plain.join("\n")));
    if (quoted.length) nodes.push(el("blockquote", {}, inline(quoted.join("\n"))));
    plain = [];
    quoted = [];
  };
  for (const line of text.split("\n")) {
    const isQuote = QUOTE.test(line);
    if (isQuote ? plain.length : quoted.length) flush();
    if (isQuote) quoted.push(line.replace(QUOTE, ""));
    else plain.push(line);
  }
  flush();
  return nodes;
}

/** Slack markup as nodes. */
export function mrkdwn(text) {
  const parts = text.split(/\n?```\n?([\s\S]+?)\n?```\n?/g);
  return parts.flatMap((part, index) => {
    if (index % 2) return el("pre", {}, unescape(part));
    return part ? quotedOrPlain(part) : [];
  });
}

/** What a screen reader is told: the text with its markup spoken plainly. */
export const plainText = (text) => el("div", {}, mrkdwn(text)).textContent;

/** A text object (or a bare string) as nodes; a plain one keeps its emoji names unless it says otherwise. */
export function text(object) {
  if (!object) return [];
  if (typeof object === "string") return mrkdwn(object);
  if (object.type === "mrkdwn") return mrkdwn(object.text);
  const rules = object.emoji === false ? [] : [[/:([a-z0-9_+'-]+):/g, (match) => emojiOrText(match[1])]];
  return scan(object.text ?? "", rules);
}
