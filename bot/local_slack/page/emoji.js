// The emoji that this desk uses, drawn in emoji.svg, so that they look the same where no emoji font is installed.

import { el, icon } from "./dom.js";

const DRAWN = {
  "+1": "👍",
  "-1": "👎",
  alarm_clock: "⏰",
  arrow_down: "⬇",
  arrow_forward: "▶",
  arrow_right: "➡",
  arrow_up: "⬆",
  arrows_counterclockwise: "🔄",
  bar_chart: "📊",
  bell: "🔔",
  black_circle: "⚫",
  bulb: "💡",
  calendar: "📅",
  chart_with_downwards_trend: "📉",
  chart_with_upwards_trend: "📈",
  checkered_flag: "🏁",
  clipboard: "📋",
  dart: "🎯",
  dollar: "💵",
  double_vertical_bar: "⏸",
  exclamation: "❗",
  eyes: "👀",
  fire: "🔥",
  gear: "⚙",
  hourglass: "⌛",
  hourglass_flowing_sand: "⏳",
  house: "🏠",
  id: "🆔",
  information_source: "ℹ",
  large_blue_circle: "🔵",
  large_green_circle: "🟢",
  large_orange_circle: "🟠",
  large_yellow_circle: "🟡",
  link: "🔗",
  lock: "🔒",
  mag: "🔍",
  memo: "📝",
  moneybag: "💰",
  moon: "🌙",
  newspaper: "📰",
  no_entry: "⛔",
  octagonal_sign: "🛑",
  question: "❓",
  raised_hand: "✋",
  red_circle: "🔴",
  robot_face: "🤖",
  rocket: "🚀",
  rotating_light: "🚨",
  scales: "⚖",
  shield: "🛡",
  small_red_triangle: "🔺",
  small_red_triangle_down: "🔻",
  star: "⭐",
  stopwatch: "⏱",
  sunny: "☀",
  tada: "🎉",
  test_tube: "🧪",
  unlock: "🔓",
  warning: "⚠",
  wave: "👋",
  white_check_mark: "✅",
  white_circle: "⚪",
  x: "❌",
  zap: "⚡",
};

const ALIASES = {
  thumbsup: "+1",
  thumbsdown: "-1",
  information: "information_source",
  stop_sign: "octagonal_sign",
  hand: "raised_hand",
  robot: "robot_face",
  pause_button: "double_vertical_bar",
  date: "calendar",
  spiral_calendar_pad: "calendar",
  heavy_check_mark: "white_check_mark",
  chart: "chart_with_upwards_trend",
  siren: "rotating_light",
  heavy_exclamation_mark: "exclamation",
  green_circle: "large_green_circle",
  yellow_circle: "large_yellow_circle",
  crescent_moon: "moon",
  hammer_and_wrench: "gear",
  balance_scale: "scales",
  rolled_up_newspaper: "newspaper",
};

const BY_SIGN = new Map(Object.entries(DRAWN).map(([name, sign]) => [sign, name]));

/** Finds every sign that is drawn; the last part swallows the selector that asks for a coloured form. */
const SIGNS = new RegExp(`(${[...BY_SIGN.keys()].join("|")})\uFE0F?`, "gu");

const known = (name) => (DRAWN[name] ? name : ALIASES[name]);

/** The drawing for `:name:`, spoken by its name, or the plain text where it is not known. */
export function emoji(name) {
  const drawn = known(name);
  if (!drawn) return document.createTextNode(`:${name}:`);
  const label = name.replaceAll("_", " ");
  return el("span", { class: "emoji", role: "img", "aria-label": label, title: `:${name}:` }, icon(drawn, "emoji.svg"));
}

/** Plain text as nodes, with the signs in it drawn. */
export function withSigns(text) {
  const parts = text.split(SIGNS);
  return parts
    .filter(Boolean)
    .map((part) => (BY_SIGN.has(part) ? emoji(BY_SIGN.get(part)) : document.createTextNode(part)));
}
