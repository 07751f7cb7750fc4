// A table that is sorted by a press on the name of a column.

import { el } from "./dom.js";
import { richText } from "./richtext.js";
import { formOf } from "./state.js";

const content = (cell) => (cell.type === "rich_text" ? richText(cell) : String(cell.text ?? cell.value ?? ""));
const spoken = (cell) => (cell.type === "rich_text" ? el("div", {}, richText(cell)).textContent : (cell.text ?? ""));

function compare(one, other) {
  if (one.type === "raw_number" && other.type === "raw_number") return one.value - other.value;
  return spoken(one).localeCompare(spoken(other), undefined, { numeric: true });
}

/** A column of figures stands to the right, what is missing in it too. */
const alignment = (rows, column) => (rows.some((cells) => cells[column].type === "raw_number") ? "right" : null);

function row(cells, named, aligned) {
  const one = (cell, index) =>
    index === named
      ? el("th", { scope: "row", class: aligned[index] }, content(cell))
      : el("td", { class: aligned[index] }, content(cell));
  return el("tr", {}, cells.map(one));
}

/** A data_table; how it is sorted outlives a redrawing. */
export function dataTable(block, context) {
  const [names, ...rows] = block.rows;
  const form = formOf(context.container);
  const key = `sort ${block.block_id ?? block.caption}`;
  const body = el("tbody");
  const aligned = names.map((_, index) => alignment(rows, index));
  const heads = names.map((cell, index) =>
    el(
      "th",
      { scope: "col", class: aligned[index] },
      el(
        "button",
        { type: "button", class: "sort", "data-key": `${key} ${index}`, on: { click: () => sortBy(index) } },
        content(cell),
      ),
    ),
  );

  function draw() {
    const sorted = form.get(key);
    const ordered = sorted ? rows.toSorted((a, b) => sorted.sign * compare(a[sorted.column], b[sorted.column])) : rows;
    body.replaceChildren(...ordered.map((cells) => row(cells, block.row_header_column_index ?? 0, aligned)));
    heads.forEach((head, index) => {
      if (sorted?.column !== index) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", sorted.sign > 0 ? "ascending" : "descending");
    });
  }

  function sortBy(column) {
    const sorted = form.get(key);
    form.set(key, { column, sign: sorted?.column === column ? -sorted.sign : 1 });
    draw();
  }

  draw();
  return el(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": block.caption },
    el("table", {}, el("caption", {}, block.caption), el("thead", {}, el("tr", {}, heads)), body),
  );
}
