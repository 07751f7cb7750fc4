// A list of messages that redraws only what changed and stays at its foot while the reader is there.

import { dayKey, dayLabel } from "./dates.js";
import { arrange, el, keepingFocus } from "./dom.js";
import { authorKey, renderMessage } from "./message.js";
import { t } from "./words.js";

const SAME_BREATH = 300;
const NEAR_FOOT = 120;

const groups = (above, message) =>
  Boolean(above) &&
  authorKey(above) === authorKey(message) &&
  Number(message.ts) - Number(above.ts) < SAME_BREATH &&
  dayKey(above.ts) === dayKey(message.ts) &&
  !above.ephemeral === !message.ephemeral;

const divider = (day) => el("div", { class: "day", role: "separator", "aria-label": day }, el("span", {}, day));

export class MessageList {
  /** `scroller` is the element that scrolls, `host` holds the rows; `options` go to every message. */
  constructor(scroller, host, options) {
    Object.assign(this, { scroller, host, options });
    this.drawn = new Map();
    this.days = new Map();
    this.atFoot = true;
    this.lastTop = 0;
    scroller.addEventListener("scroll", () => this.noteFoot(), { passive: true });
    // Pictures arrive late and fields unfold: whoever stood at the foot stays there.
    // Whoever unfolds a container reads on from its title instead.
    host.addEventListener("click", (event) => event.target.closest("summary") && (this.atFoot = false));
    new ResizeObserver(() => this.atFoot && this.toFoot()).observe(host);
  }

  /** Only scrolling up leaves the foot; content that grows does not. */
  noteFoot() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    if (scrollHeight - scrollTop - clientHeight < NEAR_FOOT) this.atFoot = true;
    else if (scrollTop < this.lastTop) this.atFoot = false;
    this.lastTop = scrollTop;
    this.onFoot?.(this.atFoot);
  }

  toFoot() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  /** Go to the foot and stay there: somebody wrote, and reads what comes of it. */
  follow() {
    this.atFoot = true;
    this.toFoot();
  }

  /** Draw everything anew, as for another user. */
  reset() {
    this.drawn.clear();
    this.atFoot = true;
  }

  row(message, grouped, names) {
    const old = this.drawn.get(message.ts);
    if (old && old.message === message && old.grouped === grouped && old.names === names) return old;
    return { message, grouped, names, node: renderMessage(message, { ...this.options, grouped }) };
  }

  /**
   * `between` may give a node to stand after the first message; `names` changes when people or the bot do. Above the
   * message `newFrom` stands the line of what is new; what `own` wrote is followed.
   */
  draw(messages, { names, between, newFrom, own } = {}) {
    const rows = new Map();
    const newest = messages.at(-1);
    if (own && newest?.user === own && this.drawn.size && !this.drawn.has(newest.ts)) this.atFoot = true;
    const days = new Map();
    let above = null;
    for (const message of messages) {
      const day = dayLabel(message.ts);
      if (!days.has(day)) days.set(day, this.options.inThread ? [] : [this.dayNode(day).firstChild]);
      const isFirstNew = message.ts === newFrom;
      const row = this.row(message, !isFirstNew && groups(above, message), names);
      const standsApart = between && rows.size === 0;
      rows.set(message.ts, row);
      if (isFirstNew) days.get(day).push(this.newLine());
      days.get(day).push(row.node, ...(standsApart ? [between] : []));
      above = standsApart ? null : message;
    }
    this.drawn = rows;
    keepingFocus(this.host, () => {
      arrange(
        this.host,
        [...days.keys()].map((day) => this.dayNode(day)),
      );
      for (const [day, nodes] of days) arrange(this.dayNode(day), nodes);
    });
    if (this.atFoot) this.toFoot();
  }

  newLine() {
    this.line ??= el("div", { class: "new-line", role: "separator", "aria-label": t("New") }, el("span", {}, t("New")));
    return this.line;
  }

  /** The frame of one day, under its name. */
  dayNode(day) {
    if (!this.days.has(day))
      this.days.set(day, el("div", { class: "day-frame" }, this.options.inThread ? null : divider(day)));
    return this.days.get(day);
  }
}
