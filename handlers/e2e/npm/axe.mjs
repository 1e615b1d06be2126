// Visits every page that it is told of, light and dark, on a desk and on a phone, and tells of what axe finds, of sideways scrolling,
// and of headings and titles that are missing. Pages that need nobody signed in are visited so.
import AxeBuilder from "@axe-core/playwright";
import { check, input, open, run, say, signIn } from "./browser.mjs";

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

await run(async (browser) => {
  const first = await open(browser);
  await signIn(first);
  const storageState = await first.context().storageState();
  for (const colorScheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(sizes)) {
      for (const signedIn of [true, false]) {
        const page = await open(browser, { colorScheme, viewport, storageState: signedIn ? storageState : undefined });
        for (const path of signedIn ? input.more.pages : input.more.open) await visit(page, path, `${size}, ${colorScheme}`);
        await page.context().close();
      }
    }
  }
});

async function visit(page, path, variant) {
  const res = await page.goto(input.url + path);
  await page.waitForLoadState("load");
  check(res.status() === 200, `${path}: ${res.status()}`);
  const found = await new AxeBuilder({ page }).withTags(tags).analyze();
  for (const v of found.violations) say({ problem: `${path} (${variant}): ${v.id} (${v.impact}) x${v.nodes.length}: ${v.nodes[0].target} ${v.nodes[0].failureSummary}`.slice(0, 600) });
  const facts = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - innerWidth,
    headings: document.querySelectorAll("h1").length,
    mains: document.querySelectorAll("main").length,
    title: document.title,
    small: [...document.querySelectorAll("body *")].filter((e) => e.childElementCount === 0 && e.textContent.trim() && e.checkVisibility() && parseFloat(getComputedStyle(e).fontSize) < 12 && !e.closest("svg,iframe")).length,
  }));
  if (facts.wide > 1) say({ problem: `${path} (${variant}) scrolls sideways by ${facts.wide} px` });
  if (facts.headings !== 1 || facts.mains !== 1 || !facts.title) say({ problem: `${path} (${variant}): ${JSON.stringify(facts)}` });
  if (facts.small) say({ problem: `${path} (${variant}): ${facts.small} texts are smaller than 12 px` });
}
