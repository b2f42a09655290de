// Tables that are sorted by a click on a heading.
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

// Scores are looked at from the top; a rank, a number in a list and a text from the bottom.
function firstDirection(heading) {
  return heading.dataset.sort === "number" && heading.cellIndex > 0 ? "descending" : "ascending";
}

function sort(table, original, heading, direction) {
  const column = heading.cellIndex;
  for (const one of heading.parentElement.cells) one.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", direction);
  const rows = original.map((row) => [value(row, column, heading.dataset.sort), row]);
  rows.sort(([a], [b]) => compare(a, b, direction));
  table.tBodies[0].append(...rows.map(([, row]) => row));
}

function prepareSorting(table) {
  // Equal values stand in the order of the page, whatever was sorted before; of a window of dates, by rank.
  const original = Array.from(table.tBodies[0].rows);
  let order = original;
  const headings = Array.from(table.querySelectorAll("th[data-sort]"));
  const first = headings.find((one) => one.hasAttribute("aria-sort"));
  const rank = headings.find((one) => one.dataset.key === "rank");
  let chosen = null;
  const apply = () => {
    const usual = order === original ? first : rank;
    if (chosen || usual) sort(table, order, ...(chosen ?? [usual, "ascending"]));
  };
  table.addEventListener("reorder", ({ detail }) => {
    order = detail ?? original;
    apply();
  });
  const name = `${table.id}.sort`;
  for (const heading of headings) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const usual = firstDirection(heading);
      const other = usual === "ascending" ? "descending" : "ascending";
      const direction = heading.getAttribute("aria-sort") === usual ? other : usual;
      chosen = [heading, direction];
      apply();
      address.set(name, (direction === "descending" ? "-" : "") + heading.dataset.key);
    });
  }
  const [, minus, key] = (address.get(name) ?? "").match(/^(-?)(.+)$/) ?? [];
  const heading = headings.find((one) => one.dataset.key === key);
  if (!heading) return;
  chosen = [heading, minus ? "descending" : "ascending"];
  apply();
}
