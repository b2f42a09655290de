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
