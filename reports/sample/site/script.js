// Sorting, filtering, keys, and what else makes pages handier. They are whole without it.
"use strict";

const root = document.documentElement;
root.classList.add("js");
// What is chosen on a page is in its address, so that a link shows the same: ?ranking.q=gpt&ranking.sort=-cost&theme=dark
const address = {
  get(name) {
    return new URLSearchParams(location.search).get(name);
  },

  // Without a value, the name is taken out.
  set(name, value) {
    const chosen = new URLSearchParams(location.search);
    if (value) chosen.set(name, value);
    else chosen.delete(name);
    const query = chosen.toString();
    this.replace((query ? `?${query}` : location.pathname) + location.hash);
  },

  place(id) {
    this.replace(`${location.pathname}${location.search}#${id}`);
  },

  replace(url) {
    try { history.replaceState(null, "", url); } catch { /* a browser that keeps the addresses of files as they are */ }
  },
};
// The switch of the colour scheme.
const remembered = {
  get() {
    try { return localStorage.getItem("karat-theme"); } catch { return null; }
  },
  set(theme) {
    try { localStorage.setItem("karat-theme", theme); } catch { /* a file without storage: the choice lasts for the page */ }
  },
};

// Before the first paint, so that nothing flashes.
const chosen = address.get("theme") ?? remembered.get();
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
    address.set("theme", root.dataset.theme);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
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
// What of a list is shown: rows of a table, or samples.
function itemsOf(list) {
  return Array.from(list.tBodies ? list.tBodies[0].rows : list.querySelectorAll(".sample"));
}

function prepareFilter(tools) {
  const list = document.getElementById(tools.dataset.for);
  const search = tools.querySelector("input[type=search]");
  const verdict = tools.querySelector("select");
  const failing = tools.querySelector("input[type=checkbox]");
  const output = tools.querySelector("output");
  const items = itemsOf(list).map((item) => [textOf(item).toLowerCase(), item]);
  const name = (what) => `${list.id}.${what}`;

  const show = () => {
    const words = search.value.toLowerCase().split(/\s+/);
    let shown = 0;
    for (const [text, item] of items) {
      const { dataset } = item;
      item.hidden = !(words.every((word) => text.includes(word))
        && (!verdict?.value || dataset.verdict === verdict.value)
        && (!failing?.checked || dataset.standing !== "pass"));
      if (!item.hidden) shown += 1;
    }
    for (const run of list.querySelectorAll(".of-run")) run.hidden = !run.querySelector(".sample:not([hidden])");
    const isFiltered = search.value.trim() || verdict?.value || failing?.checked;
    output.textContent = isFiltered ? `${shown} of ${items.length}` : output.dataset.all;
  };
  const change = () => {
    address.set(name("q"), search.value.trim());
    if (verdict) address.set(name("verdict"), verdict.value);
    if (failing) address.set(name("failing"), failing.checked ? "1" : "");
    show();
  };

  output.dataset.all = output.textContent.trim();
  search.value = address.get(name("q")) ?? "";
  if (verdict) verdict.value = address.get(name("verdict")) ?? "";
  if (verdict && verdict.selectedIndex < 0) verdict.value = "";
  if (failing) failing.checked = address.get(name("failing")) !== null;
  for (const control of [search, verdict, failing]) control?.addEventListener("input", change);
  list.addEventListener("show-all", () => {
    search.value = "";
    if (verdict) verdict.value = "";
    if (failing) failing.checked = false;
    change();
  });
  show();

  const expand = tools.querySelector("button.expand");
  expand?.addEventListener("click", () => {
    const opens = expand.textContent === "Expand all";
    for (const [, item] of items) if (!item.hidden) item.open = opens;
    expand.textContent = opens ? "Collapse all" : "Expand all";
  });
}

// Of a sample, its line and its run.
function textOf(item) {
  const run = item.closest(".of-run")?.querySelector("h3");
  return run ? `${run.textContent} ${item.querySelector("summary").textContent}` : item.textContent;
}
// Samples and lines by their addresses: #careful/2 is a sample of a run, #careful/2/L14 a line of its program.
function place() {
  const [, id, line] = wantedPlace().match(/^(.*?)(?:\/L(\d+))?$/s);
  for (const marked of document.querySelectorAll(".code.at")) marked.classList.remove("at");
  const found = id && document.getElementById(id);
  if (!found) return;
  const sample = found.closest(".sample");
  if (sample?.hidden) sample.closest("#samples").dispatchEvent(new Event("show-all"));
  for (let one = found.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
  const code = line && (found.closest("details") ?? found.parentElement).querySelector(".code:has(.gutter)");
  if (code) {
    code.classList.add("at");
    code.style.setProperty("--line", line);
    const { top } = lineBox(code, Number(line));
    code.scrollTop = Math.max(0, top - code.clientHeight / 2);
    code.scrollIntoView({ block: "nearest" });
  } else {
    found.scrollIntoView();
  }
  (sample ?? found).querySelector("summary")?.focus({ preventScroll: true });
}

function wantedPlace() {
  try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; /* half a character */ }
}

// Where a line of a block is, within it.
function lineBox(code, line) {
  const gutter = code.querySelector(".gutter");
  const style = getComputedStyle(gutter);
  const height = parseFloat(style.lineHeight);
  return { top: parseFloat(style.paddingTop) + (line - 1) * height, height };
}

function preparePlaces() {
  for (const sample of document.querySelectorAll(".sample")) {
    sample.addEventListener("toggle", () => {
      const isThere = location.hash.startsWith(`#${sample.id}`);
      if (sample.open && !isThere && sample.contains(document.activeElement)) address.place(sample.id);
    });
  }
  document.addEventListener("click", (event) => {
    const gutter = event.target.closest?.(".gutter");
    const owner = gutter?.closest("[id]");
    if (!owner || owner.id === "samples" || owner.id === "main") return;
    const box = lineBox(gutter.parentElement, 1);
    const line = Math.floor((event.clientY - gutter.getBoundingClientRect().top - box.top) / box.height) + 1;
    const most = gutter.textContent.trimEnd().split("\n").length;
    address.place(`${owner.id}/L${Math.min(Math.max(line, 1), most)}`);
    place();
  });
  addEventListener("hashchange", place);
  if (location.hash) place();
}
// Keys: / goes to the filter, j and k to the next and the previous sample or row.
function stops() {
  const samples = Array.from(document.querySelectorAll("#samples .sample:not([hidden]) > summary"));
  if (samples.length) return samples;
  const links = Array.from(document.querySelectorAll("table.sortable tbody tr:not([hidden])"), (row) => row.querySelector("a"));
  return links.filter((link) => link);
}

// The stop that has the focus or, where none has, the last one above the middle of the window.
function current(all) {
  const item = document.activeElement.closest("details.sample, tr");
  const focused = all.findIndex((stop) => item?.contains(stop));
  if (focused >= 0) return focused;
  return all.findLastIndex((stop) => stop.getBoundingClientRect().bottom < 0);
}

function step(by) {
  const all = stops();
  const next = all[Math.min(Math.max(current(all) + by, 0), all.length - 1)];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "center" });
}

function prepareKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const isTyping = event.target.closest?.("input:not([type=checkbox]):not([type=range]), select, textarea");
    if (isTyping) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "/") {
      const search = document.querySelector(".tools input[type=search]");
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.scrollIntoView({ block: "nearest" });
    } else if (event.key === "j") {
      step(1);
    } else if (event.key === "k") {
      step(-1);
    }
  });
}
// The results of the page, as data.
function readResults() {
  const element = document.getElementById("results");
  if (element?.type !== "application/json") return null;
  const results = JSON.parse(element.textContent);
  const at = (numbers, problem) => (Array.isArray(numbers) ? numbers[problem] : numbers);
  for (const run of results.runs) {
    run.of = (problem) => ({
      samples: at(run.samples, problem),
      passed: run.passed[problem],
      unknown: at(run.unknown, problem),
    });
  }
  return results;
}
// pass@k over some problems with its 95% interval, as the report computes it: the Bayesian bootstrap, with 3/4 of a problem
// that all fail and 3/4 of one that all pass added. Its distribution is taken to be the Beta distribution of the same mean
// and variance, which is exact where each problem has one sample.
const END_WEIGHT = 0.75;

// The chance that one of k samples out of n passes, where c of the n pass.
function passAtK(n, c, k) {
  let failing = 1;
  for (let i = 0; i < k; i += 1) failing *= Math.max(n - c - i, 0) / (n - i);
  return 1 - failing;
}

function meanOf(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

// The point below which a share of the distribution of the mean lies.
function pointOfMean(values, share) {
  const weight = values.length + 2 * END_WEIGHT;
  const mean = (values.reduce((sum, value) => sum + value, 0) + END_WEIGHT) / weight;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
    + END_WEIGHT * (mean ** 2 + (1 - mean) ** 2);
  const variance = squares / weight / (weight + 1);
  const size = mean * (1 - mean) / variance - 1;
  return betaPoint(mean * size, (1 - mean) * size, share);
}

// By halving: the share below grows with the point.
function betaPoint(a, b, share) {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i += 1) {
    const middle = (low + high) / 2;
    if (betaShare(a, b, middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

// The share of a Beta distribution below x: the regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).
function betaShare(a, b, x) {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaShare(b, a, 1 - x);
  const factor = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  // Lentz's method, modified so that no denominator is 0.
  const safe = (value) => (Math.abs(value) < 1e-30 ? 1e-30 : value);
  let [c, d] = [1, 1 / safe(1 - (a + b) * x / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 500; m += 1) {
    for (const step of [
      m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
      -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / safe(1 + step * d);
      c = safe(1 + step / c);
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-12) break;
  }
  return factor * fraction;
}

// Stirling's series, for arguments that are first made large enough.
function logGamma(x) {
  let shift = 0;
  while (x < 10) {
    shift -= Math.log(x);
    x += 1;
  }
  const series = 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5);
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
// Ranks over some problems as the report has them: a run is better than another where its pass@1 is higher and flipping the
// signs of the problems' differences at random would come to as much with a chance below alpha. That, and up to how many
// additions the chance is computed exactly, are the report's numbers (src/stats/rank.rs), in the data of the page.

// The best and the worst rank of each run: 1 and how many are better, and all less those that are worse.
function ranksOf({ runs, ranking }, problems) {
  const ranks = runs.map(() => [1, runs.length]);
  for (let one = 0; one < runs.length; one += 1) {
    for (let other = one + 1; other < runs.length; other += 1) {
      const winner = betterOf(runs[one], runs[other], problems, ranking);
      if (winner === 0) continue;
      ranks[winner < 0 ? other : one][0] += 1;
      ranks[winner < 0 ? one : other][1] -= 1;
    }
  }
  return ranks;
}

// -1 where the first of two runs is significantly better, 1 where the other is, 0 where none is.
function betterOf(one, other, problems, ranking) {
  const pairs = problems.map((problem) => [one.of(problem), other.of(problem)])
    .filter(([a, b]) => a.samples > 0 && b.samples > 0);
  const isUnknown = pairs.some(([a, b]) => a.unknown + b.unknown > 0);
  // What is not known may have passed: the verdict must hold in favour of either.
  for (const sign of [-1, 1]) {
    const [forOne, forOther] = isUnknown ? [Number(sign > 0), Number(sign < 0)] : [0, 0];
    const differences = wholeDifferences(pairs, forOne, forOther);
    const sum = differences.reduce((sum, difference) => sum + difference, 0);
    if (Math.sign(sum) === sign) return chanceOfFlips(differences, ranking.exact_additions) < ranking.alpha ? sign : 0;
  }
  return 0;
}

// The differences of pass@1 as multiples of one fraction.
function wholeDifferences(pairs, forOne, forOther) {
  const common = pairs.reduce((common, [a, b]) => multiple(multiple(common, a.samples), b.samples), 1);
  const parts = (counts, asPassed) => (counts.passed + asPassed * counts.unknown) * (common / counts.samples);
  const differences = pairs.map(([a, b]) => parts(b, forOther) - parts(a, forOne));
  const divisor = differences.reduce((divisor, one) => commonDivisor(divisor, Math.abs(one)), 0) || 1;
  return differences.map((one) => one / divisor);
}

function commonDivisor(a, b) {
  return b === 0 ? a : commonDivisor(b, a % b);
}

function multiple(a, b) {
  return a / commonDivisor(a, b) * b;
}

// The chance of a sum that is as far from 0 on either side, where each sign is as likely. With more additions than
// `exactAdditions` the distribution is taken to be the normal one of the same mean and variance.
function chanceOfFlips(differences, exactAdditions) {
  const sizes = differences.map(Math.abs).filter((size) => size > 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const limit = (total - Math.abs(differences.reduce((sum, one) => sum + one, 0))) / 2;
  if ((limit + 1) * sizes.length > exactAdditions) {
    const deviation = Math.sqrt(sizes.reduce((sum, size) => sum + size ** 2, 0)) / 2;
    return Math.min(1, 2 * normalShare((limit + 0.5 - total / 2) / deviation));
  }
  // How likely each sum of the sizes of one sign is, up to the one that was seen.
  let share = new Float64Array(limit + 1);
  share[0] = 1;
  for (const size of sizes) {
    share = share.map((without, sum) => 0.5 * (without + (sum >= size ? share[sum - size] : 0)));
  }
  return Math.min(1, 2 * share.reduce((sum, one) => sum + one, 0));
}

// The share of the normal distribution below x, which is negative (Abramowitz and Stegun 7.1.26).
function normalShare(x) {
  const z = Math.abs(x) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * z);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const above = 0.5 * series * Math.exp(-z * z);
  return x < 0 ? above : 1 - above;
}
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
// What a cell of the heat map says, to who points at it.
function prepareHeatMap(results) {
  const figure = document.getElementById("heat-map");
  if (!figure || !results) return;
  const readout = figure.querySelector(".readout");
  const covers = Array.from(figure.querySelectorAll(".cover"));
  const columns = new Map(covers.map((cover, place) => [cover, results.columns[place]]));
  figure.querySelector(".plot svg").addEventListener("pointermove", (event) => {
    const problems = columns.get(event.target);
    if (!problems) return;
    const box = event.target.getBoundingClientRect();
    const row = Math.floor((event.clientY - box.top) / box.height * results.runs.length);
    const run = results.runs[Math.min(Math.max(row, 0), results.runs.length - 1)];
    const said = problems.slice(0, 8).map((problem) => {
      const { samples, passed } = run.of(problem);
      return `No. ${problem + 1} ${results.problems[problem]}: ${samples ? `${passed} of ${samples}` : "no samples"}`;
    });
    readout.textContent = `${run.name} · ${said.join(" · ")}`;
    const link = event.target.closest("a");
    link.querySelector("title").textContent = readout.textContent;
    if (problems.length === 1) link.setAttribute("href", `${link.getAttribute("href").split("#")[0]}#${run.page}/all`);
  });
}
document.addEventListener("DOMContentLoaded", () => {
  const results = readResults();
  prepareTheme();
  document.querySelectorAll("table.sortable").forEach(prepareSorting);
  prepareWindow(results);
  document.querySelectorAll(".tools").forEach(prepareFilter);
  prepareHeatMap(results);
  preparePlaces();
  prepareKeys();
});
