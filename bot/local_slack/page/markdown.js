// The markdown block: the common part of Markdown, block by block, then its inline marks.

import { el } from "./dom.js";
import { emoji } from "./emoji.js";
import { link, scan } from "./inline.js";

const wrap =
  (tag, group = 1) =>
  (match) =>
    el(tag, {}, inline(match[group]));

const RULES = [
  [/`([^`\n]+)`/g, (match) => el("code", {}, match[1])],
  [/\[([^\]\n]+)\]\(([^()\s]+)\)/g, (match) => link(match[2], ...inline(match[1]))],
  [/\*\*(?=\S)(.+?\S)\*\*/g, wrap("strong")],
  [/__(?=\S)(.+?\S)__/g, wrap("strong")],
  [/\*(?=[^\s*])([^*\n]*[^\s*])\*/g, wrap("em")],
  [/(?<![\p{L}\p{N}_])_(?=\S)([^_\n]*[^\s_])_(?![\p{L}\p{N}_])/gu, wrap("em")],
  [/~~(?=\S)(.+?\S)~~/g, wrap("s")],
  [/:([a-z0-9_+'-]+):/g, (match) => emoji(match[1])],
  [/https?:\/\/[^\s<>*`]*[^\s<>*`.,;:!?)'"]/g, (match) => link(match[0], match[0])],
];

const inline = (text) => scan(text, RULES);

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.+?)\s*#*$/;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ITEM = /^(\s*)([-*+]|\d+[.)])\s+(.*)$/;
const TABLE_LINE = /^\s*\|?[\s:-]*-[\s:|-]*\|[\s:|-]*$/;

const cells = (line) =>
  line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());

function fenced(lines) {
  lines.shift();
  const body = [];
  while (lines.length && !FENCE.test(lines[0])) body.push(lines.shift());
  lines.shift();
  return el("pre", {}, body.join("\n"));
}

function table(lines) {
  const head = cells(lines.shift());
  const aligns = cells(lines.shift()).map((dash) =>
    dash.endsWith(":") ? (dash.startsWith(":") ? "center" : "right") : null,
  );
  const row = (tag, values) =>
    el(
      "tr",
      {},
      values.map((value, i) => el(tag, { class: aligns[i] }, inline(value))),
    );
  const body = [];
  while (lines.length && lines[0].includes("|")) body.push(row("td", cells(lines.shift())));
  return el("div", { class: "table-frame" }, el("table", {}, el("thead", {}, row("th", head)), el("tbody", {}, body)));
}

const TASK = /^\[([ xX])\]\s+/;

function item(content) {
  const task = TASK.exec(content);
  if (!task) return el("li", {}, inline(content));
  const done = task[1] !== " ";
  return el(
    "li",
    { class: "task" },
    el("span", { role: "img", "aria-label": done ? "done" : "not done" }, done ? "☑ " : "☐ "),
    inline(content.replace(TASK, "")),
  );
}

function list(lines) {
  const [, indent, sign] = ITEM.exec(lines[0]);
  const ordered = /\d/.test(sign);
  const node = el(ordered ? "ol" : "ul", ordered ? { start: Number.parseInt(sign, 10) } : {});
  while (lines.length) {
    const match = ITEM.exec(lines[0]);
    if (!match || match[1].length < indent.length) break;
    if (match[1].length > indent.length && node.lastChild) node.lastChild.append(list(lines));
    else {
      if (/\d/.test(match[2]) !== ordered) break;
      node.append(item(match[3]));
      lines.shift();
    }
  }
  return node;
}

function quote(lines) {
  const body = [];
  while (lines.length && lines[0].startsWith(">")) body.push(lines.shift().replace(/^> ?/, ""));
  return el("blockquote", {}, blocks(body));
}

const startsBlock = (lines) =>
  FENCE.test(lines[0]) ||
  HEADING.test(lines[0]) ||
  RULE.test(lines[0]) ||
  ITEM.test(lines[0]) ||
  lines[0].startsWith(">");

const startsTable = (lines) => lines.length > 1 && lines[0].includes("|") && TABLE_LINE.test(lines[1]);

function paragraph(lines) {
  const body = [lines.shift()];
  while (lines.length && lines[0].trim() && !startsBlock(lines) && !startsTable(lines)) body.push(lines.shift());
  return el("p", {}, inline(body.join("\n")));
}

function blocks(lines) {
  const nodes = [];
  while (lines.length) {
    const heading = HEADING.exec(lines[0]);
    if (!lines[0].trim()) lines.shift();
    else if (heading) {
      nodes.push(
        el(
          "p",
          { class: "markdown-heading", role: "heading", "aria-level": heading[1].length + 2 },
          inline(heading[2]),
        ),
      );
      lines.shift();
    } else if (FENCE.test(lines[0])) nodes.push(fenced(lines));
    else if (RULE.test(lines[0])) {
      nodes.push(el("hr"));
      lines.shift();
    } else if (startsTable(lines)) nodes.push(table(lines));
    else if (lines[0].startsWith(">")) nodes.push(quote(lines));
    else if (ITEM.test(lines[0])) nodes.push(list(lines));
    else nodes.push(paragraph(lines));
  }
  return nodes;
}

/** Markdown as nodes. */
export const markdown = (source) => blocks(source.replace(/\r\n?/g, "\n").split("\n"));
