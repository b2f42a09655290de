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
