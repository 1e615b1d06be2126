// The sign-in experience is edited as a draft, seen in the preview, published, and live on the hosted page.
import { check, go, input, open, run, signIn } from "./browser.mjs";

await run(async (browser) => {
  const page = await open(browser);
  await signIn(page, "/console/experience/branding");
  const field = page.locator("form#draft input[name=display_name], form#draft input[name='branding.display_name']").first();
  await field.fill("Trailhead club");
  await field.blur();
  if (input.scripts === false) await page.click("form#draft >> text=Save draft");
  await page.waitForSelector("text=Publish version");
  const frame = page.frameLocator("iframe").first();
  await frame.locator("text=Trailhead club").first().waitFor();
  const before = await (await page.context().request.get(input.url + "/sign-in")).text();
  check(!before.includes("Trailhead club"), "a draft is live before it is published");
  await page.click("text=Publish version");
  await page.waitForSelector("text=/Version \\d+ published/");
  await go(page, "/sign-in");
  check((await page.content()).includes("Trailhead club"), "the published name is not on the hosted page");
});
