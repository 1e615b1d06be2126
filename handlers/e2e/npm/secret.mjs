// A secret is replaced without an interruption: the new one beside the old one, then the old one retired.
import { check, go, input, open, run, signIn } from "./browser.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page);
  const secrets = `/console/clients/${input.more.client}/secrets`;
  await go(page, secrets);
  await page.locator("main a:has-text('Rotate')").first().click();
  await page.locator("form#secret button.primary").click();
  await page.waitForURL((u) => !u.pathname.endsWith("/rotation/new"));
  const text = await page.locator("main").innerText();
  const value = text.match(/gh_[A-Za-z0-9_-]{20,}/)?.[0];
  check(value, "the answer to the rotation does not show the new secret: " + text.slice(0, 600));
  await go(page, secrets);
  check(!(await page.content()).includes(value), "the new secret is shown again by an address");
  await page.locator("main button:has-text('Retire the old one')").click();
  await page.waitForSelector("text=old one retired");
});
