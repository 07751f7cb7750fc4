// One scanner for all inline markup: rules are tried at the earliest place where any of them matches.

import { el } from "./dom.js";
import { withSigns } from "./emoji.js";

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&amp;": "&" };

/** Slack escapes three signs in every text. */
export const unescape = (text) => text.replace(/&(?:lt|gt|amp);/g, (entity) => ENTITIES[entity]);

/** Text as nodes. A rule is `[pattern, make]`; `make` gets the match and answers a node, or null to leave it as text. */
export function scan(text, rules) {
  const nodes = [];
  let at = 0;
  let from = 0;
  while (from < text.length) {
    const found = earliest(text, rules, from);
    if (!found) break;
    const node = found.make(found.match);
    from = found.match.index + found.match[0].length;
    if (node === null) continue;
    nodes.push(...withSigns(unescape(text.slice(at, found.match.index))), node);
    at = from;
  }
  nodes.push(...withSigns(unescape(text.slice(at))));
  return nodes;
}

function earliest(text, rules, from) {
  let best = null;
  for (const [pattern, make] of rules) {
    pattern.lastIndex = from;
    const match = pattern.exec(text);
    if (match && (!best || match.index < best.match.index)) best = { match, make };
  }
  return best;
}

const SAFE = new Set(["http:", "https:", "mailto:"]);

/** A whole address that is safe to follow, or null: `javascript:` and its kin never become links. */
export function safeAddress(address) {
  try {
    const url = new URL(address);
    return SAFE.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens apart; an unsafe address leaves only its label. */
export function link(address, ...label) {
  const href = safeAddress(address);
  if (!href) return el("span", {}, ...label);
  return el("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...label);
}

/** A picture's address: one on the web, or one of the workspace's own files. */
export function pictureAddress(address = "") {
  const own = address.startsWith("/local/files/");
  return own || /^https?:/.test(safeAddress(address) ?? "") ? address : null;
}
