// An application is created, its secret is shown once, and its name is changed.
import { check, go, input, open, run, signIn } from "./browser.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, "/console/applications");
  await page.click("main >> text=Create application");
  await page.waitForSelector("form#choose");
  await page.locator("form#choose label:has(input[value=m2m])").click();
  if (input.scripts === false) await page.locator("form#choose noscript button").click();
  await page.waitForSelector("#plan-title:has-text('Machine')");
  await page.click("form#create button.primary");
  await page.waitForSelector("[data-summary]");
  await page.fill("form#create input[name=name]", "Billing robot");
  await page.click("form#create button.primary");
  await page.waitForSelector("h1:has-text('Billing robot')");
  const secret = (await page.content()).match(/gh_[A-Za-z0-9_-]{20,}/)?.[0];
  const at = await page.locator("main a[href^='/console/applications/'][href$='/settings']").first().getAttribute("href");
  check(secret, "the answer to the creation does not show the secret");
  await go(page, at.replace("/settings", ""));
  check(!(await page.content()).includes(secret), "the secret is shown again by an address");
  await go(page, at);
  await page.fill("input[name=name]", "Billing service");
  await page.locator("button.primary:has-text('Save changes')").click();
  await page.waitForSelector("h1:has-text('Billing service')");
  await go(page, "/console/applications");
  check(await page.locator("main >> text=Billing service").first().isVisible(), "the list does not show the new name");
});
