// Sorting, filtering and the switch of the colour scheme. The pages are whole without it.
"use strict";

const root = document.documentElement;
root.classList.add("js");

const remembered = {
  get() {
    try { return localStorage.getItem("karat-theme"); } catch { return null; }
  },
  set(theme) {
    try { localStorage.setItem("karat-theme", theme); } catch { /* a file without storage: the choice lasts for the page */ }
  },
};

// Before the first paint, so that nothing flashes.
const chosen = remembered.get();
if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function prepareTheme() {
  const button = document.querySelector("button.theme");
  const show = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(root.dataset.theme);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}

function value(row, column, kind) {
  const cell = row.cells[column];
  const text = cell.dataset.v ?? cell.textContent.trim();
  if (kind !== "number") return text;
  const number = parseFloat(text.replace("<", ""));
  return Number.isNaN(number) ? null : number;
}

// What is not known goes last whatever the direction.
function compare(a, b, direction) {
  if (a === null || b === null) return (a === null) - (b === null);
  const order = typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });
  return direction === "ascending" ? order : -order;
}

function sort(table, original, heading) {
  const before = heading.getAttribute("aria-sort");
  const kind = heading.dataset.sort;
  const column = heading.cellIndex;
  // Scores are looked at from the top; a rank, a number in a list and a text from the bottom.
  const first = kind === "number" && column > 0 ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const direction = before === first ? other : first;
  for (const one of heading.parentElement.cells) one.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction);
  const rows = original.map((row) => [value(row, column, kind), row]);
  rows.sort(([a], [b]) => compare(a, b, direction));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function prepareSorting(table) {
  // Equal values stand in the order of the page, whatever was sorted before.
  const original = Array.from(table.tBodies[0].rows);
  for (const heading of table.querySelectorAll("th[data-sort]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => sort(table, original, heading));
  }
}

function prepareFilter(tools) {
  const table = document.getElementById(tools.dataset.for);
  const input = tools.querySelector("input");
  const output = tools.querySelector("output");
  const rows = Array.from(table.tBodies[0].rows, (row) => [row.textContent.toLowerCase(), row]);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const [text, row] of rows) {
      row.hidden = !words.every((word) => text.includes(word));
      if (!row.hidden) shown += 1;
    }
    output.textContent = `${shown} of ${rows.length}`;
  });
}

document.addEventListener("DOMContentLoaded", () => {
  prepareTheme();
  document.querySelectorAll("table.sortable").forEach(prepareSorting);
  document.querySelectorAll(".tools").forEach(prepareFilter);
});
