// Light, dark, or as the system has it.

import { byId, icon } from "./dom.js";
import { t } from "./words.js";

const KEY = "theme";
const NAMES = { auto: "As the system", light: "Light", dark: "Dark" };
const NEXT = { auto: "dark", dark: "light", light: "auto" };
const ICONS = { auto: "auto", light: "sun", dark: "moon" };

const current = () => localStorage.getItem(KEY) ?? "auto";

function apply() {
  const theme = current();
  document.documentElement.dataset.theme = theme;
  const label = t("Theme: {name}", { name: t(NAMES[theme]).toLowerCase() });
  const button = byId("theme");
  button.replaceChildren(icon(ICONS[theme]));
  button.setAttribute("aria-label", label);
  button.title = label;
}

export function startTheme() {
  apply();
  byId("theme").addEventListener("click", () => {
    localStorage.setItem(KEY, NEXT[current()]);
    apply();
  });
}
