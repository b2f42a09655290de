import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { address, close, open, violations, visit } from "./browser.mjs";

const pages = {
  sample: ["index", "problems", "run/hasty", "problem/sampler-tide-table"],
  dated: ["index", "problems", `run/${slug("strong")}`, "problem/made_up-adding-small-numbers-2"],
};

// The page of the run of a model.
function slug(model) {
  const { runs } = JSON.parse(readFileSync("dated/leaderboard.json", "utf8"));
  return runs.find(({ run }) => run.includes(model)).page.replace(/^run\/|\.html$/g, "");
}

before(open);
after(close);

for (const [site, names] of Object.entries(pages)) {
  for (const name of names) {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [390, 1280]) {
        test(`${site}/${name}, ${colorScheme}, ${width}: axe finds nothing and the page fits`, async () => {
          await visit(`${site}/${name}.html`, { colorScheme, width }, async (tab) => {
            await tab.evaluate(() => { for (const one of document.querySelectorAll("details")) one.open = true; });
            assert.deepEqual(await violations(tab), []);
            const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${wide} pixels wide`);
          });
        });
      }
    }
  }
}

const shown = (tab, selector) => tab.locator(selector).filter({ visible: true }).count();
const query = (tab) => new URL(tab.url()).searchParams;

test("names do not break inside a word on a narrow screen", async () => {
  for (const page of ["dated/index", `dated/run/${slug("strong")}`, "dated/problems", "sample/run/hasty"]) {
    await visit(`${page}.html`, { width: 390 }, async (tab) => {
      const broken = await tab.evaluate(() => {
        const found = [];
        for (const cell of document.querySelectorAll("tbody th")) {
          const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            for (const { index, 0: word } of node.textContent.matchAll(/[A-Za-z0-9]+/g)) {
              const range = document.createRange();
              range.setStart(node, index);
              range.setEnd(node, index + word.length);
              if (range.getClientRects().length > 1) found.push(word);
            }
          }
        }
        return found;
      });
      assert.deepEqual(broken, [], page);
    });
  }
});

test("a filter shows what was asked for, and is in the address", async () => {
  await visit(`dated/run/${slug("middling")}.html`, {}, async (tab) => {
    const rows = "#samples tbody tr";
    const all = await shown(tab, rows);
    const tools = tab.locator(".tools[data-for=samples]");
    await tools.getByLabel("Failing only").check();
    const failing = await shown(tab, rows);
    assert.ok(failing > 0 && failing < all, `${failing} of ${all}`);
    assert.equal(await shown(tab, "#samples tbody tr[data-standing=pass]"), 0);
    await tools.getByLabel("Verdict").selectOption("exception");
    assert.equal(await shown(tab, rows), await shown(tab, "#samples tbody tr[data-verdict=exception]"));
    assert.equal(query(tab).get("samples.verdict"), "exception");
    await tools.getByRole("searchbox").fill("small");
    const few = await shown(tab, rows);
    assert.ok(few > 0 && few < failing);
    // The address shows the same again.
    const url = tab.url();
    await tab.goto("about:blank");
    await tab.goto(url);
    assert.equal(await shown(tab, rows), few);
    assert.equal(await tools.getByRole("searchbox").inputValue(), "small");
    assert.match(await tools.locator("output").textContent(), new RegExp(`^${few} of ${all}$`));
  });
});

test("a table is sorted by a click, and the order is in the address", async () => {
  await visit("dated/problems.html", {}, async (tab) => {
    const first = () => tab.locator("#problems tbody tr:first-child th").textContent();
    const before = await first();
    await tab.getByRole("button", { name: "Pass rate" }).click();
    assert.equal(query(tab).get("problems.sort"), "-rate");
    await tab.getByRole("button", { name: "Pass rate" }).click();
    assert.equal(query(tab).get("problems.sort"), "rate");
    const hardest = await first();
    assert.notEqual(hardest, before);
    await tab.goto(tab.url());
    assert.equal(await first(), hardest);
    assert.equal(await tab.locator("th[aria-sort=ascending]").textContent(), "Pass rate");
  });
});

test("a run leads to each of its samples", async () => {
  await visit(`dated/run/${slug("weak")}.html?samples.failing=1`, {}, async (tab) => {
    const row = tab.locator("#samples tbody tr").filter({ visible: true }).first();
    await row.locator("td a").last().click();
    const [, id] = decodeURIComponent(tab.url()).split("#");
    const sample = tab.locator(`[id="${id}"]`);
    await sample.waitFor({ state: "attached" });
    const opened = tab.locator("details.sample[open]");
    assert.equal(await opened.count(), 1);
    assert.notEqual(await opened.getAttribute("data-standing"), "pass");
    assert.ok(await opened.locator(".code").first().isVisible());
  });
});

test("equal programs are one, the answer is there with what was taken from it marked", async () => {
  const run = slug("strong");
  await visit(`dated/problem/made_up-adding-small-numbers-2.html#${run}/3`, {}, async (tab) => {
    const sample = tab.locator("details.sample[open]");
    // Samples 0 and 3 have the same program; the address of either opens it.
    assert.match(await sample.locator("summary").textContent(), /Samples 0, 3.*passed/s);
    assert.equal(await sample.getAttribute("id"), `${run}/0`);
    const marked = await sample.locator(".answer mark").first().textContent();
    assert.equal(marked, "x = int(input())\n\nprint(x + 2)");
    assert.match(await sample.locator(".answer").first().textContent(), /To solve it, read x & add 2/);
    assert.match(await sample.locator(".note").first().textContent(), /fenced block 1/);
    const prompt = tab.locator("details.prompt");
    await prompt.locator("summary").first().click();
    assert.match(await prompt.first().textContent(), /Read an integer x and print x \+ 2/);
  });
});

test("a line has an address, which marks it", async () => {
  const sample = `${slug("strong")}/0`;
  await visit(`dated/problem/made_up-adding-small-numbers-2.html#${sample}/L3`, {}, async (tab) => {
    const code = tab.locator("details.sample[open] .code.at");
    assert.equal(await code.count(), 1);
    assert.equal(await code.evaluate((one) => one.style.getPropertyValue("--line")), "3");
    const gutter = code.locator(".gutter");
    const { height } = await gutter.boundingBox();
    const lines = (await gutter.textContent()).trimEnd().split("\n").length;
    await gutter.click({ position: { x: 5, y: height / 2 } });
    const [, clicked] = tab.url().match(/L(\d+)$/);
    assert.ok(Math.abs(clicked - (lines + 1) / 2) <= 1, `${clicked} of ${lines}`);
  });
});

test("the page of a problem filters its samples and opens them all", async () => {
  await visit("dated/problem/made_up-adding-small-numbers-2.html", {}, async (tab) => {
    const tools = tab.locator(".tools");
    await tools.getByLabel("Failing only").check();
    const samples = await shown(tab, ".sample");
    assert.ok(samples > 0);
    assert.equal(await shown(tab, ".sample[data-standing=pass]"), 0);
    await tools.getByRole("button", { name: "Expand all" }).click();
    assert.equal(await tab.locator(".sample[open]").count(), samples);
    await tools.getByRole("button", { name: "Collapse all" }).click();
    assert.equal(await tab.locator(".sample[open]").count(), 0);
  });
});

test("keys go to the filter and from sample to sample", async () => {
  await visit("dated/problem/made_up-adding-small-numbers-2.html", {}, async (tab) => {
    const focused = () => tab.evaluate(() => document.activeElement.closest(".sample")?.id ?? document.activeElement.type);
    await tab.keyboard.press("/");
    assert.equal(await focused(), "search");
    await tab.keyboard.type("jk/");
    assert.equal(await tab.getByRole("searchbox").inputValue(), "jk/", "keys are text while one types");
    await tab.getByRole("searchbox").fill("");
    await tab.keyboard.press("Escape");
    await tab.keyboard.press("j");
    const first = await focused();
    await tab.keyboard.press("j");
    const second = await focused();
    assert.ok(first && second && first !== second);
    await tab.keyboard.press("Enter");
    assert.equal(await tab.locator(".sample[open]").getAttribute("id"), second);
    await tab.waitForURL((url) => decodeURIComponent(url.hash) === `#${second}`);
    await tab.keyboard.press("k");
    assert.equal(await focused(), first);
  });
});

test("scores over a window of dates are computed on the page", async () => {
  await visit("dated/index.html", {}, async (tab) => {
    const cell = tab.locator("#ranking tbody tr:first-child td[data-k='1']");
    const whole = await cell.textContent();
    // Over all problems the script gives the report's own score, and about its interval.
    const [own, computed] = await tab.evaluate(() => {
      const results = readResults();
      const all = results.problems.map((_, problem) => problem);
      const row = document.querySelector("#ranking tbody tr");
      const text = row.querySelector("[data-k='1'] .interval").textContent;
      const { value, low, high } = score(results.runs[0], all, 1);
      return [[Number(row.querySelector("[data-k='1']").dataset.v), ...text.split("–").map(Number)], [value, 100 * low, 100 * high]];
    });
    assert.ok(Math.abs(own[0] - computed[0]) < 1e-9, `${own} ${computed}`);
    for (const end of [1, 2]) assert.ok(Math.abs(own[end] - computed[end]) < 1.5, `${own} ${computed}`);

    await tab.locator("#window input").first().fill("12");
    assert.equal(query(tab).get("from"), "2025-01-04");
    assert.match(await tab.locator("#window .note").textContent(), /ranks are over the 12 problems published then/);
    assert.match(await tab.locator("#window output").first().textContent(), /2025-01-04/);
    const windowed = await tab.locator("#ranking tbody").textContent();
    await tab.goto(tab.url());
    assert.equal(await tab.locator("#ranking tbody").textContent(), windowed);
    await tab.getByRole("button", { name: "All dates" }).click();
    assert.equal(await cell.textContent(), whole);
    assert.equal(query(tab).get("from"), null);
  });
});

test("ranks over a window of dates are the report's, and rows are sorted by them", async () => {
  await visit("dated/index.html", {}, async (tab) => {
    // Over all problems the script finds the ranks of the page.
    const [own, computed] = await tab.evaluate(() => {
      const results = readResults();
      const all = results.problems.map((_, problem) => problem);
      const text = ([best, worst]) => (best === worst ? `${best}` : `${best}–${worst}`);
      const cells = Array.from(document.querySelectorAll("#ranking .rank"), (cell) => cell.textContent);
      return [cells, ranksOf(results, all).map(text)];
    });
    assert.deepEqual(computed, own);
    // McNemar's exact test of 6 to 0 and of 5 to 0, and the other test of a case of the report's own.
    const chances = await tab.evaluate(() => {
      const cases = [Array(6).fill(1), Array(5).fill(1), [3, -1, 2, 2, -1, 4, 0, 1], []];
      const { exact_additions: exactAdditions } = readResults().ranking;
      return cases.map((differences) => chanceOfFlips(differences, exactAdditions));
    });
    assert.deepEqual(chances, [0.03125, 0.0625, 0.140625, 1]);

    const rows = () => tab.locator("#ranking tbody tr").evaluateAll((rows) => rows.map((row) => row.cells[0].textContent));
    const sortedBy = () => tab.locator("#ranking th[aria-sort]").getAttribute("data-key");
    const whole = await rows();
    assert.equal(await sortedBy(), "number");
    // Of the last run more is solved than of all others, on three problems that are put into the window alone.
    await tab.evaluate(() => {
      const element = document.getElementById("results");
      const results = JSON.parse(element.textContent);
      const days = Array.from(new Set(results.dates)).sort().slice(0, 8);
      results.problems.forEach((_, problem) => {
        if (!days.includes(results.dates[problem])) return;
        results.runs.forEach((run, place) => { run.passed[problem] = place === results.runs.length - 1 ? 6 : 0; });
      });
      element.textContent = JSON.stringify(results);
      const fieldset = document.getElementById("window");
      fieldset.replaceWith(fieldset.cloneNode(true));
      prepareWindow(readResults());
    });
    await tab.locator("#window input").last().fill("7");
    assert.deepEqual(await rows(), [whole.at(-1), ...whole.slice(0, -1)]);
    assert.equal(await sortedBy(), "rank");
    assert.deepEqual(await tab.locator("#ranking .rank").allTextContents(), ["1", "2–3", "2–3"]);
    // What was chosen stays chosen.
    await tab.locator("#ranking th[data-key=run] button").click();
    const byName = await rows();
    await tab.locator("#window input").last().fill("6");
    assert.deepEqual(await rows(), byName);
    await tab.locator("#ranking th[data-key=number] button").click();
    await tab.getByRole("button", { name: "All dates" }).click();
    assert.deepEqual(await rows(), whole);
  });
});

test("a cell of the heat map says which it is and leads to its problem", async () => {
  await visit("dated/index.html", {}, async (tab) => {
    await tab.locator("#heat-map .cover").nth(3).hover();
    assert.match(await tab.locator("#heat-map .readout").textContent(), /No\. \d+ made_up\/adding-.*: \d of 6/);
    await tab.locator("#heat-map .cover").nth(3).click();
    assert.match(decodeURIComponent(tab.url()), /problem\/made_up-adding-.*\.html#.*\/all$/);
  });
});

test("the colour scheme is in the address and is remembered", async () => {
  await visit("sample/index.html?theme=dark", { colorScheme: "light" }, async (tab) => {
    const ground = () => tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const dark = await ground();
    await tab.getByRole("button", { name: "Dark" }).click();
    assert.equal(query(tab).get("theme"), "light");
    const light = await ground();
    assert.notEqual(dark, light);
    await tab.goto(address("sample/problems.html"));
    assert.equal(await ground(), light);
  });
});

test("everything is there without JavaScript", async () => {
  for (const page of ["dated/index", `dated/run/${slug("weak")}`, "dated/problem/made_up-adding-small-numbers-2"]) {
    await visit(`${page}.html`, { javaScriptEnabled: false }, async (tab) => {
      assert.equal(await shown(tab, ".js-only"), 0);
      assert.equal(await tab.locator("tbody tr").count(), await tab.locator("tbody tr:not([hidden])").count());
      const samples = tab.locator(".sample");
      if (await samples.count()) {
        await samples.first().locator("summary").click();
        assert.ok(await samples.first().locator(".code").first().isVisible());
      }
    });
  }
});

test("paper has all columns", async () => {
  for (const page of ["dated/index", `dated/run/${slug("weak")}`, "dated/problems", "sample/index", "sample/run/hasty"]) {
    // What a landscape A4 page holds at 96 pixels an inch.
    await visit(`${page}.html`, { width: 1030 }, async (tab) => {
      await tab.emulateMedia({ media: "print" });
      const cut = await tab.evaluate(() => Array.from(document.querySelectorAll("table"))
        .filter((table) => table.checkVisibility({ contentVisibilityAuto: true }) && table.getBoundingClientRect().right > innerWidth + 1)
        .map((table) => table.caption.textContent));
      assert.deepEqual(cut, [], page);
      assert.equal(await shown(tab, ".tools"), 0);
    });
  }
});

test("a run's page says how to repeat it, and not on which machine it was", async () => {
  const page = readFileSync(`dated/run/${slug("weak")}.html`, "utf8");
  assert.match(page, /karat run set\.jsonl/);
  assert.match(page, /Digest of the prompts/);
  for (const name of [page, readFileSync("dated/index.html", "utf8")]) assert.ok(!name.includes(process.cwd()));
});

test("tests that are hidden are in no page", async () => {
  const page = readFileSync("closed/problem/made_up-adding-small-numbers-2.html", "utf8");
  assert.ok(!page.includes("Hidden tests") && page.includes("is hidden"));
});

test("karat view opens a run at its failing samples", async () => {
  const opened = readFileSync("viewed", "utf8").trim();
  await visit(opened, {}, async (tab) => {
    await tab.waitForURL(/samples\.failing=1#samples-title$/);
    assert.equal(await shown(tab, "#samples tbody tr[data-standing=pass]"), 0);
    assert.ok(await tab.locator("#samples-title").isVisible());
  });
});
