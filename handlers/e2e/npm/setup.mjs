// The first administrator, made through the link that the server printed.
import { check, input, open, run } from "./browser.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await page.goto(input.link);
  await page.fill("input[name=name]", "Olivia Owner");
  await page.fill("input[name=email]", input.email);
  await page.fill("input[name=password]", "short");
  await page.click("text=Create administrator");
  await page.waitForSelector("[data-summary]");
  check((await page.inputValue("input[name=name]")) === "Olivia Owner", "what was typed is gone after a refused password");
  await page.fill("input[name=password]", input.password);
  await Promise.all([page.waitForURL("**/console"), page.click("text=Create administrator")]);
  await page.waitForSelector("h1");
  const again = await page.goto(input.link);
  check(again.status() === 404, `the link answers ${again.status()} a second time`);
});
