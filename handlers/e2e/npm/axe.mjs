// Visits every page that it is told of, light and dark, on a desk and on a phone, and tells of what axe finds, of sideways scrolling,
// and of headings and titles that are missing. Pages that need nobody signed in are visited so.
import AxeBuilder from "@axe-core/playwright";
import { check, input, open, run, say, signIn } from "./browser.mjs";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

// What a theme can change: all else is the same document, and was looked at in the light.
const themed = ["color-contrast"];

await run(async (browser) => {
  const first = await open(browser);
  await signIn(first);
  const storageState = await first.context().storageState();
  await Promise.all(Object.keys(sizes).map((size) => walk(browser, size, storageState))); // two windows: two cores
});

async function walk(browser, size, storageState) {
  for (const signedIn of [true, false]) {
    const page = await open(browser, { viewport: sizes[size], storageState: signedIn ? storageState : undefined });
    for (const path of signedIn ? input.more.pages : input.more.open) await visit(page, path, size);
    await page.context().close();
  }
}

async function visit(page, path, size) {
  await page.emulateMedia({ colorScheme: "light" });
  const res = await page.goto(input.url + path);
  await page.waitForLoadState("load");
  check(res.status() === 200, `${path}: ${res.status()}`);
  await look(page, new AxeBuilder({ page }).withTags(tags), path, `${size}, light`);
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    title: document.title,
    small: [...document.querySelectorAll("body *")].filter((e) => e.childElementCount === 0 && e.textContent.trim() && e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 12 && !e.closest("svg,iframe")).length,
  }));
  if (facts.wide > 1) say({ problem: `${path} (${size}) scrolls sideways by ${facts.wide} px` });
  if (facts.headings !== 1 || facts.mains !== 1 || !facts.title) say({ problem: `${path} (${size}): ${JSON.stringify(facts)}` });
  if (facts.small) say({ problem: `${path} (${size}): ${facts.small} texts are smaller than 12 px` });
  await page.emulateMedia({ colorScheme: "dark" });
  await look(page, new AxeBuilder({ page }).withRules(themed), path, `${size}, dark`);
}

async function look(page, axe, path, variant) {
  axe.setLegacyMode(page.frames().length === 1); // without frames nothing is put together from several documents, for which it opens a tab
  const found = await axe.analyze();
  for (const v of found.violations) say({ problem: `${path} (${variant}): ${v.id} (${v.impact}) x${v.nodes.length}: ${v.nodes[0].target} ${v.nodes[0].failureSummary}`.slice(0, 600) });
}
