// What the tests share: one browser, pages in it, and axe-core.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let browser;

export async function open() {
  const executablePath = execFileSync("which", [process.env.CHROMIUM ?? "chromium"], { encoding: "utf8" }).trim();
  const args = process.getuid() === 0 ? ["--no-sandbox"] : [];
  browser = await chromium.launch({ executablePath, args });
}

export const close = () => browser.close();

// The address of a page: `dated/index.html`, with what may stand behind it.
export function address(page) {
  const [, path, rest] = page.match(/^([^?#]*)(.*)$/);
  return pathToFileURL(path).href + rest;
}

// Calls a function with a page in a context of its own. It fails if the page says that something is wrong, or loads what
// is not beside it.
export async function visit(page, options, look) {
  const { width = 1280, ...context } = options;
  const opened = await browser.newContext({ viewport: { width, height: 900 }, ...context });
  const tab = await opened.newPage();
  const faults = [];
  tab.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  tab.on("pageerror", (error) => faults.push(String(error)));
  tab.on("request", (request) => { if (!/^(file|data):/.test(request.url())) faults.push(`loads ${request.url()}`); });
  try {
    await tab.goto(address(page));
    await look(tab);
  } finally {
    await opened.close();
  }
  if (faults.length) throw new Error(faults.join("\n"));
}

// What axe-core says against a page.
export async function violations(tab) {
  await tab.evaluate(axe);
  const { violations: found } = await tab.evaluate(() => globalThis.axe.run({ preload: false }));
  return found.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 200)).join(" | ")}`);
}
