// Sorting, filtering, keys, and what else makes pages handier. They are whole without it.
"use strict";

const root = document.documentElement;
root.classList.add("js");
