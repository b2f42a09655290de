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
