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
