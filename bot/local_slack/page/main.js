// Starts the page: wires the parts to what they show, and follows the address.

import { api } from "./api.js";
import { Composer } from "./composer.js";
import { refreshDates } from "./dates.js";
import { byId } from "./dom.js";
import { drawHome, openHome } from "./home.js";
import { MessageList } from "./list.js";
import { listenAs, readAll } from "./live.js";
import { drawModals } from "./modal.js";
import { startNotices } from "./notify.js";
import { address, drawBanner, drawClock, drawHeader, drawSidebar, startSidebar } from "./sidebar.js";
import { on, person, room, rooms, state, tell, topLevel } from "./state.js";
import { startTheme } from "./theme.js";
import { closeThread, drawThread, openThread, startThread } from "./thread.js";
import { complain } from "./toast.js";
import { speak, t } from "./words.js";

const DATES_EVERY = 10_000;

let list;
let composer;

/** Changes whenever a name on a drawn message could be another one. */
const namesKey = () => JSON.stringify([state.user, state.workspace.users, state.workspace.bot.name]);

function startParts() {
  list = new MessageList(byId("scroll"), byId("messages"), { inThread: false, openThread });
  list.onFoot = (atFoot) => {
    state.atFoot = atFoot;
    if (atFoot) seen();
    drawFoot();
  };
  byId("to-foot").addEventListener("click", () => list.toFoot());
  document.addEventListener("visibilitychange", () => state.atFoot && seen());
  composer = new Composer(byId("composer"), { onSent: () => list.follow() });
  byId("skip").addEventListener("click", () => composer.input.focus());
  startThread();
  startSidebar();
  startTheme();
  startNotices();
  on(["workspace", "user", "place", "unread"], drawSidebar);
  on(["workspace", "user", "place", "unread"], drawHeader);
  on(["place", "unread"], drawFoot);
  on(["clock"], drawClock);
  on(["workspace", "linked"], drawBanner);
  on(["workspace", "user", "place"], () => composer.refresh());
  on(["workspace", "user", "place", "messages"], drawMessages);
  on(["workspace", "user", "thread", "messages"], () => drawThread(namesKey()));
  on(["workspace", "user", "home"], drawHome);
  on(["place"], drawPlace);
  on(["modals", "workspace"], drawModals);
}

function drawMessages() {
  const messages = topLevel();
  byId("beginning").hidden = messages.length > 0 || !state.read.has(state.channel);
  list.draw(messages, { names: namesKey(), newFrom: state.newFrom.get(state.channel), own: state.user });
}

/** What came is seen once its foot is in sight of somebody who looks; the line above it stays until they go. */
function seen() {
  if (document.hidden || state.place !== "channel" || !state.unread.delete(state.channel)) return;
  tell("unread");
}

function drawFoot() {
  const button = byId("to-foot");
  const count = state.unread.get(state.channel) ?? 0;
  button.hidden = state.atFoot;
  button.classList.toggle("has-new", count > 0);
  const said = count === 1 ? t("1 new message") : t("{count} new messages", { count });
  button.textContent = count ? `${said} ↓` : t("Latest messages ↓");
}

function drawPlace() {
  const isHome = state.place === "home";
  byId("channel-view").hidden = isHome;
  byId("home-view").hidden = !isHome;
  if (!isHome) list.toFoot();
}

/** The hash says who and where: `#U0ADMIN/C0DESK` or `#U0ADMIN/home`. */
async function follow() {
  const { hash } = location;
  const [user, place] = decodeURIComponent(hash.slice(1)).split("/");
  const who = person(user)?.id ?? state.workspace.users[0].id;
  if (who !== state.user) {
    const workspace = await api.workspace(who);
    if (hash !== location.hash) return; // the hash moved on while we asked
    state.workspace = workspace;
  }
  const channel = room(place)?.id ?? room()?.id ?? rooms()[0].id;
  const isHome = place === "home";
  if (who !== user || !(isHome || room(place))) location.replace(address(who, channel));
  else go(who, channel, isHome ? "home" : "channel");
}

function go(user, channel, place) {
  const isOther = user !== state.user;
  const moved = channel !== state.channel;
  const leaves = isOther || moved || place !== state.place;
  if (leaves && !state.unread.has(state.channel)) state.newFrom.delete(state.channel);
  if (isOther) startAfresh();
  if (isOther || moved || place === "home") closeThread();
  Object.assign(state, { user, channel, place });
  if (isOther || moved) list.reset();
  if (place === "channel") state.unread.delete(channel);
  state.atFoot = true;
  tell("user", "place", "modals", "home", "messages", "thread");
  if (isOther) listenAs(user);
  else if (moved) readAll().catch(complain);
  if (place === "home") openHome();
}

/** Nothing that one user could see may stay for the next one. */
function startAfresh() {
  const messages = { messages: new Map(), read: new Set(), unread: new Map(), newFrom: new Map() };
  Object.assign(state, messages, { modals: [], home: null });
}

async function start() {
  state.workspace = await api.workspace();
  speak(state.workspace.locale);
  startParts();
  window.addEventListener("hashchange", () => follow().catch(complain));
  setInterval(() => refreshDates(), DATES_EVERY);
  await follow();
}

start().catch(complain);
