// The people's API of the local workspace: plain calls, and a socket that comes back by itself.

import { t } from "./words.js";

/** A call that the workspace refused; `code` is its one word, `message` its sentence. */
export class Refused extends Error {
  constructor(status, code, detail) {
    super(detail || code);
    this.status = status;
    this.code = code;
  }
}

let lastRefusal = 0;

/** True while a refused call of this page may also be on its way as an event: it is told where it was made. */
export const refusedLately = () => Date.now() - lastRefusal < 3000;

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Refused(0, "not_reachable", t("The local workspace cannot be reached."));
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok || answer.ok === false) {
    lastRefusal = Date.now();
    throw new Refused(response.status, answer.error || `http_${response.status}`, answer.detail);
  }
  return answer;
}

const get = (path, query = {}) => request(`${path}?${new URLSearchParams(query)}`);

const post = (path, body) =>
  request(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const segment = encodeURIComponent;

export const api = {
  workspace: (user) => get("/local/workspace", user ? { user } : {}),
  messages: (user, channel) => get(`/local/channels/${segment(channel)}/messages`, { user, limit: 500 }),
  thread: (user, channel, thread_ts) =>
    get(`/local/channels/${segment(channel)}/messages`, { user, thread_ts, limit: 500 }),
  views: (user) => get("/local/views", { user }),
  say: (body) => post("/local/messages", body),
  command: (body) => post("/local/commands", body),
  act: (body) => post("/local/actions", body),
  shortcut: (body) => post("/local/shortcuts", body),
  submit: (view, user, values) => post(`/local/views/${segment(view)}/submit`, { user, values }),
  close: (view, user) => post(`/local/views/${segment(view)}/close`, { user }),
  home: (user) => post("/local/home", { user }),
};

const FIRST_WAIT = 250;
const LONGEST_WAIT = 5000;

/** The user's events. Calls `onOpen` after every (re)connection, so that the page can read again what it missed. */
export class Events {
  constructor(user, { onOpen, onEvent, onLost }) {
    this.user = user;
    this.handlers = { onOpen, onEvent, onLost };
    this.wait = FIRST_WAIT;
    this.connect();
  }

  connect() {
    const url = new URL(`/local/events?user=${segment(this.user)}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.socket = new WebSocket(url);
    this.socket.onopen = () => {
      this.wait = FIRST_WAIT;
      this.handlers.onOpen();
    };
    this.socket.onmessage = (message) => this.handlers.onEvent(JSON.parse(message.data));
    this.socket.onclose = () => this.retry();
  }

  retry() {
    if (this.stopped) return;
    this.handlers.onLost();
    this.timer = setTimeout(() => this.connect(), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    this.socket.onclose = null;
    this.socket.onmessage = null;
    this.socket.close();
  }
}
