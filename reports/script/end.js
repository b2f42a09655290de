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
