document.addEventListener("DOMContentLoaded", () => {
  const results = readResults();
  prepareTheme();
  prepareWindow(results);
  document.querySelectorAll("table.sortable").forEach(prepareSorting);
  document.querySelectorAll(".tools").forEach(prepareFilter);
  prepareHeatMap(results);
  preparePlaces();
  prepareKeys();
});
