// Times as people read them, in the browser's own zone and language.

import { el } from "./dom.js";
import { dateLocale } from "./words.js";

// Made when first asked for: by then the page knows its language.
const format = (options) => {
  let formatter;
  return (date) => (formatter ??= new Intl.DateTimeFormat(dateLocale(), options)).format(date);
};

const relative = (numeric) => {
  let formatter;
  return { format: (count, unit) => (formatter ??= new Intl.RelativeTimeFormat(dateLocale(), { numeric })).format(count, unit) };
};

const shortTime = format({ hour: "numeric", minute: "2-digit" });
const fullTime = format({ dateStyle: "full", timeStyle: "medium" });
const longDay = format({ weekday: "long", month: "long", day: "numeric" });
const longDayYear = format({ weekday: "long", month: "long", day: "numeric", year: "numeric" });

const relativeDays = relative("auto");
const ago = relative("always");

export const fromTs = (ts) => new Date(Number(ts) * 1000);

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
const daysFromToday = (date) => Math.round((midnight(date) - midnight(new Date())) / 86_400_000);
const capital = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** One string for a calendar day, to see where a day ends. */
export const dayKey = (ts) => midnight(fromTs(ts));

export function dayLabel(ts) {
  const date = fromTs(ts);
  const days = daysFromToday(date);
  if (days === 0 || days === -1) return capital(relativeDays.format(days, "day"));
  return date.getFullYear() === new Date().getFullYear() ? longDay(date) : longDayYear(date);
}

function pretty(write) {
  return (date) => (Math.abs(daysFromToday(date)) <= 1 ? relativeDays.format(daysFromToday(date), "day") : write(date));
}

const dateLong = longDayYear;
const dateMedium = format({ month: "long", day: "numeric", year: "numeric" });
const dateShort = format({ month: "short", day: "numeric", year: "numeric" });

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

function timeAgo(date) {
  const seconds = Math.round((date.getTime() - Date.now()) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return ago.format(Math.trunc(seconds / size), unit);
}

const TOKENS = {
  date_num: (date) =>
    [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((n) => String(n).padStart(2, "0")).join("-"),
  date_slash: format({ year: "numeric", month: "2-digit", day: "2-digit" }),
  date: dateMedium,
  date_long: dateLong,
  date_long_full: dateLong,
  date_short: dateShort,
  date_pretty: pretty(dateMedium),
  date_long_pretty: pretty(dateLong),
  date_short_pretty: pretty(dateShort),
  day_divider_pretty: pretty(dateLong),
  time: shortTime,
  time_secs: format({ hour: "numeric", minute: "2-digit", second: "2-digit" }),
  ago: timeAgo,
};

function fill(pattern, date) {
  return pattern.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
}

/** A date of `<!date^…>`: shown in this browser's zone, kept right as time passes, the full instant on hover. */
export function liveDate(seconds, pattern, fallback) {
  const date = new Date(Number(seconds) * 1000);
  if (Number.isNaN(date.getTime())) return el("span", {}, fallback);
  const node = el(
    "time",
    { datetime: date.toISOString(), title: fullTime(date), "data-pattern": pattern },
    fill(pattern, date),
  );
  return node;
}

/** Write every live date again; "today" becomes "yesterday" while the page stands open. */
export function refreshDates(root = document) {
  for (const node of root.querySelectorAll("time[data-pattern]")) {
    const text = fill(node.dataset.pattern, new Date(node.dateTime));
    if (node.textContent !== text) node.textContent = text;
  }
}

/** The time beside a message. */
export function stamp(ts) {
  const date = fromTs(ts);
  return el("time", { class: "stamp", datetime: date.toISOString(), title: fullTime(date) }, shortTime(date));
}

/** When the last reply came: `today at 14:05`. */
export const replyTime = (ts) => fill("{date_short_pretty}, {time}", fromTs(ts));

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)$/;
const clockTime = format({ dateStyle: "medium", timeStyle: "medium" });

/** The workspace's clock: an instant is shown in this browser's zone, any other text as it stands. */
export function clockText(clock) {
  return INSTANT.test(clock) ? clockTime(new Date(clock)) : String(clock);
}
