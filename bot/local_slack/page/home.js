// The App Home: what the bot publishes for each person.

import { api } from "./api.js";
import { renderBlocks } from "./blocks.js";
import { byId, el, icon, keepingFocus } from "./dom.js";
import { state } from "./state.js";
import { toast } from "./toast.js";
import { t } from "./words.js";

/** Tell the bot that this person looks at its home. */
export async function openHome() {
  try {
    await api.home(state.user);
  } catch (error) {
    toast(t("The app's home could not be opened: {why}", { why: error.message }), "bad");
  }
}

function empty() {
  const name = state.workspace.bot.name ?? t("The app");
  const said = state.workspace.bot.connected
    ? t("{name} has not published a home for you yet.", { name })
    : t("{name} is not connected, so it has published no home yet.", { name });
  return el("div", { class: "home-empty" }, icon("bot"), el("p", {}, said));
}

export function drawHome() {
  const host = byId("home-blocks");
  const { home } = state;
  keepingFocus(host, () => {
    if (!home) return host.replaceChildren(empty());
    return host.replaceChildren(
      ...renderBlocks(home.blocks ?? [], {
        kind: "home",
        container: `home ${state.user}`,
        where: { view_id: home.id },
      }),
    );
  });
}
