// Charts of few figures, drawn as SVG: lines, areas and bars over named places, and pies.

import { el, svg } from "./dom.js";

const WIDE = 360;
const HIGH = 150;
const LEFT = 62;
const FOOT = 20;
const TOP = 8;

const figure = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });

/** The scale of values: the bars' and areas' one begins at nothing. */
function scale(values, fromZero) {
  const low = Math.min(...values, ...(fromZero ? [0] : []));
  const high = Math.max(...values, ...(fromZero ? [0] : []));
  const span = high - low || Math.abs(high) || 1;
  const y = (value) => TOP + (1 - (high === low ? 0.5 : (value - low) / span)) * (HIGH - TOP - FOOT);
  return { low, high, y };
}

const label = (x, y, anchor, words) => svg("text", { x, y, "text-anchor": anchor }, words);

function axes({ low, high, y }, categories, x) {
  const marks = [...new Set([low, ...(low < 0 && high > 0 ? [0] : []), high])];
  const lines = marks.map((mark) => svg("line", { class: "grid", x1: LEFT, x2: WIDE, y1: y(mark), y2: y(mark) }));
  const figures = marks.map((mark) => label(LEFT - 5, y(mark) + 4, "end", figure.format(mark)));
  const shown = [...new Set([0, Math.floor((categories.length - 1) / 2), categories.length - 1])];
  const places = shown.map((index) => {
    const anchor = shown.length === 1 || (index > 0 && index < categories.length - 1) ? "middle" : index ? "end" : "start";
    return label(anchor === "start" ? LEFT : anchor === "end" ? WIDE : x(index), HIGH - 4, anchor, categories[index]);
  });
  return [...lines, ...figures, ...places];
}

function valuesOf(series, categories) {
  const byLabel = new Map(series.data.map((point) => [point.label, point.value]));
  return categories.map((category) => byLabel.get(category));
}

function curves(chart, rows, categories) {
  const isArea = chart.type === "area";
  const scaled = scale(rows.flat(), isArea);
  const step = (WIDE - LEFT - 8) / Math.max(categories.length - 1, 1);
  const x = (index) => LEFT + 4 + index * step;
  const marks = rows.map((values, which) => {
    const points = values.map((value, index) => `${x(index)},${scaled.y(value)}`).join(" ");
    const floor = scaled.y(Math.max(scaled.low, 0));
    const area = `${x(0)},${floor} ${points} ${x(values.length - 1)},${floor}`;
    const dots = values.length < 3 ? values.map((value, i) => svg("circle", { cx: x(i), cy: scaled.y(value), r: 3 })) : [];
    return svg(
      "g",
      { class: `series series-${which}` },
      isArea && svg("polygon", { points: area }),
      svg("polyline", { points }),
      dots,
    );
  });
  return [...axes(scaled, categories, x), ...marks];
}

function bars(rows, categories) {
  const scaled = scale(rows.flat(), true);
  const step = (WIDE - LEFT) / categories.length;
  const width = Math.min((step * 0.72) / rows.length, 34);
  const x = (index) => LEFT + (index + 0.5) * step;
  const marks = rows.map((values, which) =>
    svg(
      "g",
      { class: `series series-${which}` },
      values.map((value, index) => {
        const [from, to] = [scaled.y(Math.max(value, 0)), scaled.y(Math.min(value, 0))];
        const left = x(index) + (which - rows.length / 2) * width;
        return svg("rect", { x: left + 0.5, y: from, width: width - 1, height: Math.max(to - from, 1) });
      }),
    ),
  );
  return [...axes(scaled, categories, x), ...marks];
}

function slices(segments) {
  const whole = segments.reduce((sum, segment) => sum + segment.value, 0) || 1;
  const [cx, cy, r] = [HIGH / 2, HIGH / 2, HIGH / 2 - 4];
  const at = (turn) => `${cx + r * Math.sin(turn * 2 * Math.PI)},${cy - r * Math.cos(turn * 2 * Math.PI)}`;
  let turned = 0;
  return segments.map((segment, which) => {
    const part = segment.value / whole;
    const from = turned;
    turned += part;
    const shape =
      part > 0.999
        ? svg("circle", { cx, cy, r })
        : svg("path", { d: `M${cx},${cy} L${at(from)} A${r},${r} 0 ${part > 0.5 ? 1 : 0} 1 ${at(turned)} Z` });
    return svg("g", { class: `series series-${which} filled` }, shape);
  });
}

function legend(entries) {
  const one = (words, which) => el("li", {}, el("span", { class: `key series-${which}` }), words);
  return el("ul", { class: "legend" }, entries.map(one));
}

function pie(segments) {
  const whole = segments.reduce((sum, segment) => sum + segment.value, 0) || 1;
  const told = segments.map((s) => `${s.label} ${figure.format(s.value)} (${Math.round((s.value / whole) * 100)}%)`);
  return { drawn: slices(segments), told, wide: HIGH, entries: told };
}

function overCategories(chart) {
  const { categories } = chart.axis_config;
  const rows = chart.series.map((series) => valuesOf(series, categories));
  const drawn = chart.type === "bar" ? bars(rows, categories) : curves(chart, rows, categories);
  const names = chart.series.map((series) => series.name);
  const told = rows.map((values, which) => {
    const points = values.map((value, index) => `${categories[index]} ${figure.format(value)}`);
    return `${names[which]}: ${points.join(", ")}`;
  });
  return { drawn, told, wide: WIDE, entries: names.length > 1 ? names : [] };
}

/** A data_visualization: its drawing says everything to a screen reader, too. */
export function dataVisualization(block) {
  const { chart } = block;
  const { drawn, told, wide, entries } = chart.type === "pie" ? pie(chart.segments) : overCategories(chart);
  const { x_label: across, y_label: up } = chart.axis_config ?? {};
  const axesNames = [up, across].filter(Boolean).join(" · ");
  const drawing = svg(
    "svg",
    { class: `chart ${chart.type}`, viewBox: `0 0 ${wide} ${HIGH}`, role: "img", "aria-label": told.join("; ") },
    drawn,
  );
  return el(
    "figure",
    { class: "visualization" },
    el("figcaption", {}, el("strong", {}, block.title), axesNames && el("small", {}, axesNames)),
    drawing,
    entries.length ? legend(entries) : null,
  );
}
