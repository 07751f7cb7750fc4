// The side of the page: the team, its channels, the app, the people, and who you are just now.

import { clockText } from "./dates.js";
import { byId, el, icon, isNarrow } from "./dom.js";
import { avatar } from "./message.js";
import { openMenu } from "./popover.js";
import { direct, me, room, rooms, state } from "./state.js";
import { t } from "./words.js";

/** The address of a place for a person; the hash keeps both, so that each tab can be somebody else. */
export const address = (user, place) => `#${user}/${place}`;

/** Where another person would look to see what is on the screen now. */
const here = () => (atApp() ? "home" : state.channel);

const atApp = () => state.place === "home" || Boolean(room()?.is_im);

export function startSidebar() {
  byId("open-sidebar").addEventListener("click", () => slide(true));
  byId("scrim").addEventListener("click", () => slide(false));
  byId("sidebar").addEventListener("keydown", (event) => event.key === "Escape" && slide(false));
  byId("who").addEventListener("click", (event) => chooseUser(event.currentTarget));
  window.matchMedia("(max-width: 767px)").addEventListener("change", () => slide(false));
  byId("note").open = !isNarrow();
  slide(false);
}

/** On a phone the sidebar slides over the page; while it is away nothing in it can be reached. */
export function slide(isOpen) {
  const narrow = isNarrow();
  byId("sidebar").inert = narrow && !isOpen;
  byId("main").inert = narrow && isOpen;
  document.body.classList.toggle("sidebar-open", narrow && isOpen);
  byId("open-sidebar").setAttribute("aria-expanded", String(isOpen));
  if (narrow && isOpen) byId("sidebar").querySelector("a")?.focus();
}

function chooseUser(anchor) {
  const items = state.workspace.users.map((user) => ({
    value: user.id,
    text: user.real_name || user.name,
    description: t(user.role ?? ""),
    selected: user.id === state.user,
    before: avatar(user, "avatar small"),
  }));
  openMenu(anchor, { label: t("Look at the workspace as"), items, onPick: (id) => (location.hash = address(id, here())) });
}

function entry(href, isCurrent, ...content) {
  return el(
    "li",
    {},
    el(
      "a",
      { href, class: "side-entry", "aria-current": isCurrent ? "page" : null, on: { click: () => slide(false) } },
      content,
    ),
  );
}

const unreadCount = (count) =>
  el("span", { class: "unread" }, `${count}`, el("span", { class: "hidden-text" }, ` ${t("new messages")}`));

function channelEntry(channel) {
  const isCurrent = state.place === "channel" && channel.id === state.channel;
  const unread = state.unread.get(channel.id) ?? 0;
  return entry(
    address(state.user, channel.id),
    isCurrent,
    el("span", { class: "side-sign", "aria-hidden": "true" }, "#"),
    el("span", { class: unread ? "side-name strong" : "side-name" }, channel.name),
    unread > 0 && unreadCount(unread),
  );
}

function presence(isOn) {
  return [
    el("span", { class: isOn ? "presence on" : "presence", "aria-hidden": "true" }),
    el("span", { class: "hidden-text" }, t(isOn ? "connected" : "not connected")),
  ];
}

function appEntry() {
  const { bot } = state.workspace;
  const face = el("span", { class: "avatar bot tiny", "aria-hidden": "true" }, icon("bot"));
  const unread = state.unread.get(direct()?.id) ?? 0;
  return entry(
    address(state.user, "home"),
    atApp(),
    face,
    el("span", { class: unread ? "side-name strong" : "side-name" }, bot.name ?? t("App")),
    presence(bot.connected),
    unread > 0 && unreadCount(unread),
  );
}

function personEntry(user) {
  const own = user.id === state.user;
  return entry(
    address(user.id, here()),
    false,
    avatar(user, "avatar tiny"),
    el("span", { class: "side-name" }, user.real_name || user.name),
    el("span", { class: "side-role" }, own ? t("{role} · you", { role: t(user.role) }) : t(user.role ?? "")),
  );
}

export function drawSidebar() {
  const { team, users } = state.workspace;
  byId("team").textContent = team.name;
  byId("channels").replaceChildren(...rooms().map(channelEntry));
  byId("apps").replaceChildren(appEntry());
  byId("people").replaceChildren(...users.map(personEntry));
}

export function drawHeader() {
  const channel = room();
  const { bot, team, note, clock } = state.workspace;
  const title = atApp() ? (bot.name ?? t("App")) : `# ${channel?.name ?? ""}`;
  byId("place-name").textContent = title;
  byId("place-topic").textContent = atApp() ? t("App") : (channel?.topic ?? "");
  drawTabs();
  const unread = [...state.unread.values()].reduce((sum, count) => sum + count, 0);
  const count = unread ? `(${unread}) ` : "";
  document.title = `${count}${title.replace("# ", "#")} · ${team.name} (${t("local workspace")})`;
  const [line, more] = (note ?? "").split("\n");
  byId("note").hidden = !note && !clock;
  byId("note-line").textContent = line;
  byId("note-text").textContent = more ?? "";
  byId("note").classList.toggle("plain", !more);
  drawClock();
  const user = me();
  byId("who").replaceChildren(
    avatar(user, "avatar small"),
    el(
      "span",
      { class: "who-text" },
      el("strong", {}, user?.real_name || user?.name || ""),
      el("small", {}, t(user?.role ?? "")),
    ),
    icon("chevron"),
  );
  byId("who").setAttribute("aria-label", t("You are {name}, {role}. Change user", { name: user?.real_name || user?.name, role: t(user?.role ?? "") }));
}

/** The app has a home and, once it wrote to somebody, messages to that person. */
function drawTabs() {
  const tabs = byId("tabs");
  const chat = direct();
  tabs.hidden = !atApp() || !chat;
  if (tabs.hidden) return;
  const tab = (label, place, isCurrent) =>
    el("a", { href: address(state.user, place), "aria-current": isCurrent ? "page" : null }, label);
  tabs.replaceChildren(
    tab(t("Home"), "home", state.place === "home"),
    tab(t("Messages"), chat.id, state.place === "channel"),
  );
}

/** The workspace's clock ticks every second, so it is drawn alone. */
export function drawClock() {
  const { clock } = state.workspace;
  byId("clock").textContent = clock ? clockText(clock) : "";
  byId("clock").hidden = !clock;
}

export function drawBanner() {
  const banner = byId("banner");
  const { bot } = state.workspace;
  const lost = !state.linked;
  const away = state.linked && bot.connected === false;
  banner.hidden = !lost && !away;
  banner.textContent = lost
    ? t("Connection to the local workspace lost. Reconnecting…")
    : t("{name} is not connected. Commands and buttons fail until it is back.", { name: bot.name });
}
