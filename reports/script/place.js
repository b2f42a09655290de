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
