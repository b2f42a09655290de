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
