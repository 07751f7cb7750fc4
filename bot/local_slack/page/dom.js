// The only place that makes elements. Text always enters as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function filled(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [type, listener] of Object.entries(value)) node.addEventListener(type, listener);
    else if (key === "data") Object.assign(node.dataset, value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Make an element: `on` holds listeners, `data` holds data-attributes, everything else is an attribute. */
export const el = (tag, props = {}, ...children) => filled(document.createElement(tag), props, children);

/** Make an element of a drawing, in the same way. */
export const svg = (tag, props = {}, ...children) => filled(document.createElementNS(SVG, tag), props, children);

/** A drawing from one of the two sprites, hidden from screen readers. */
export function icon(name, sprite = "icons.svg") {
  return svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `${sprite}#${name}` }));
}

/** A button with a drawing and a spoken name. */
export function iconButton(name, label, onClick, props = {}) {
  return el(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, ...props, on: { click: onClick } },
    icon(name),
  );
}

/** Put exactly these children in place, moving as few as possible, so that focus and open menus survive. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  let cursor = parent.firstChild;
  for (const node of nodes) {
    if (node === cursor) cursor = cursor.nextSibling;
    else parent.insertBefore(node, cursor);
  }
}

/** Rebuild part of the page and put the focus back on the control that had it (found by its data-key). */
export function keepingFocus(root, rebuild) {
  const active = root.contains(document.activeElement) ? document.activeElement : null;
  const key = active?.closest("[data-key]")?.dataset.key;
  const ts = active?.closest("[data-ts]")?.dataset.ts;
  const caret = active?.selectionStart;
  rebuild();
  if (!active || root.contains(document.activeElement)) return;
  const scope = ts ? find(root, "ts", ts) : root;
  const again = (scope && key && find(scope, "key", key)) || scope;
  again?.focus({ preventScroll: true });
  if (typeof caret === "number" && typeof again?.selectionStart === "number") again.setSelectionRange(caret, caret);
}

const find = (root, name, value) =>
  [...root.querySelectorAll(`[data-${name}]`)].find((node) => node.dataset[name] === value);

let serial = 0;

/** An id that no other element has. */
export function freshId(stem) {
  serial += 1;
  return `${stem}-${serial}`;
}

export const byId = (id) => document.getElementById(id);

/** True on a phone-sized window. */
export const isNarrow = () => window.matchMedia("(max-width: 767px)").matches;
