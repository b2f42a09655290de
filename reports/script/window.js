// Scores and ranks over the problems that were published between two days.
function score(run, problems, k) {
  const counted = problems.map(run.of).filter(({ samples }) => samples >= k && samples > 0);
  if (!counted.length) return null;
  const failed = counted.map(({ samples, passed }) => passAtK(samples, passed, k));
  // What is not known may have failed or passed: the interval allows for both.
  const passed = counted.map(({ samples, passed, unknown }) => passAtK(samples, passed + unknown, k));
  const value = meanOf(failed);
  const low = Math.min(pointOfMean(failed, 0.025), value);
  const high = Math.max(pointOfMean(passed, 0.975), meanOf(passed));
  return { value, low, high };
}

function points(share) {
  return (100 * share).toFixed(1);
}

// Puts a score in the place of another; without one, it can not be seen.
function showScore(cell, one) {
  cell.dataset.v = one ? one.value : "";
  const text = cell.querySelector("b");
  if (!text) return;
  text.textContent = one ? points(one.value) : "–";
  cell.querySelector(".interval").textContent = one ? `${points(one.low)}–${points(one.high)}` : "";
  const bar = cell.querySelector(".bar");
  if (!bar) return;
  bar.classList.toggle("empty", !one);
  if (!one) return;
  const place = (share) => 3 + 154 * share;
  const whisker = bar.querySelector(".whisker");
  whisker.setAttribute("x", place(one.low));
  whisker.setAttribute("width", Math.max(1, place(one.high) - place(one.low)));
  const mark = bar.querySelector(".m");
  mark.setAttribute("d", mark.getAttribute("d").replace(/^M\S+/, `M${place(one.value)}`));
  bar.querySelector(".bounds")?.remove();
}

// The rows by rank, those of the same best rank by score, as the report orders them. `scores` are pass@1.
function byRank(rows, ranks, scores, results) {
  const order = rows.map((_, place) => place);
  order.sort((a, b) => ranks[a][0] - ranks[b][0] || (scores[b] ?? 0) - (scores[a] ?? 0)
    || (results.runs[a].name < results.runs[b].name ? -1 : 1));
  return order.map((place) => rows[place]);
}

function prepareWindow(results) {
  const fieldset = document.getElementById("window");
  if (!fieldset || !results?.dates) return;
  const table = document.getElementById("ranking");
  // In the order of the page, which is that of the results, before anything is sorted.
  const rows = Array.from(table.tBodies[0].rows).sort((a, b) => a.cells[0].textContent - b.cells[0].textContent);
  const before = rows.map((row) => row.innerHTML);
  const days = Array.from(new Set(results.dates.filter((day) => day))).sort();
  const [from, to] = fieldset.querySelectorAll("input");
  const [first, last] = fieldset.querySelectorAll("output");
  const note = fieldset.querySelector(".note");
  const noteOfAll = note.textContent;

  const show = () => {
    const [start, end] = [days[from.value], days[to.value]];
    [first.textContent, last.textContent] = [start, end];
    for (const [input, day] of [[from, start], [to, end]]) input.setAttribute("aria-valuetext", day);
    const isWhole = start === days[0] && end === days.at(-1);
    fieldset.querySelector("button").disabled = isWhole;
    rows.forEach((row, place) => { if (isWhole) row.innerHTML = before[place]; });
    note.textContent = noteOfAll;
    if (isWhole) {
      table.dispatchEvent(new CustomEvent("reorder", { detail: null }));
      return;
    }
    const inside = (problem) => results.dates[problem] && start <= results.dates[problem] && results.dates[problem] <= end;
    const problems = results.problems.map((_, problem) => problem).filter(inside);
    const levels = results.difficulties.map((level) => level.filter(inside));
    const ranks = ranksOf(results, problems);
    const scores = results.runs.map((run) => score(run, problems, 1)?.value ?? null);
    rows.forEach((row, place) => {
      const run = results.runs[place];
      const [best, worst] = ranks[place];
      const cell = row.querySelector(".rank");
      cell.dataset.v = best;
      cell.textContent = best === worst ? best : `${best}–${worst}`;
      for (const cell of row.querySelectorAll("[data-k]")) showScore(cell, score(run, problems, Number(cell.dataset.k)));
      for (const cell of row.querySelectorAll("[data-level]")) showScore(cell, score(run, levels[cell.dataset.level], 1));
    });
    table.dispatchEvent(new CustomEvent("reorder", { detail: byRank(rows, ranks, scores, results) }));
    const over = problems.length === 1 ? "the problem" : `the ${problems.length} problems`;
    note.textContent = `Scores and ranks are over ${over} published then; numbers, costs and plots are those of all.`;
  };
  const change = (moved) => {
    // Neither end passes the other.
    if (Number(from.value) > Number(to.value)) (moved === from ? to : from).value = moved.value;
    address.set("from", from.value === "0" ? "" : days[from.value]);
    address.set("to", Number(to.value) === days.length - 1 ? "" : days[to.value]);
    show();
  };

  for (const input of [from, to]) {
    input.max = days.length - 1;
    input.addEventListener("input", () => change(input));
  }
  // A day of the address on which nothing was published stands for the next one within the window.
  const wanted = [address.get("from") ?? days[0], address.get("to") ?? days.at(-1)];
  from.value = Math.max(days.findIndex((day) => day >= wanted[0]), 0);
  to.value = Math.max(days.findLastIndex((day) => day <= wanted[1]), Number(from.value));
  fieldset.querySelector("button").addEventListener("click", () => {
    [from.value, to.value] = [0, days.length - 1];
    change(from);
  });
  show();
}
