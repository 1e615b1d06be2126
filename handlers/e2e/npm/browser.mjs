// What every journey needs: a browser that notes everything a page does wrong, and lines of JSON for the test that started it.
import { chromium } from "playwright-core";

export const input = JSON.parse(process.env.GATEHOUSE_JOURNEY ?? "{}");

/** Tells the test what happened. */
export function say(line) {
  process.stdout.write(JSON.stringify(line) + "\n");
}

export function check(ok, text) {
  if (!ok) throw new Error(text);
}

/** Starts Chromium, runs a journey and ends with its result. */
export async function run(journey) {
  const browser = await chromium.launch({
    executablePath: input.chromium,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
  try {
    await journey(browser);
    say({ done: true });
  } catch (err) {
    say({ problem: String(err.stack ?? err).slice(0, 3000) });
  } finally {
    await browser.close();
  }
}

/** Opens a window. Errors of its pages, refused by the content policy or thrown by scripts, become problems of the journey. */
export async function open(browser, options = {}) {
  const context = await browser.newContext({ javaScriptEnabled: input.scripts !== false, reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(15000);
  const page = await context.newPage();
  page.on("console", (m) => {
    if (m.type() === "error" && !expected(m)) say({ problem: `console on ${page.url()}: ${m.text()}` });
  });
  page.on("pageerror", (err) => say({ problem: `script on ${page.url()}: ${err.message}` }));
  page.on("response", (r) => {
    if (r.status() >= 500) say({ problem: `${r.status()} from ${r.url()}` });
  });
  return page;
}

// A form that is drawn again with what is wrong comes with 422, and Chromium reports every such status.
function expected(message) {
  return /status of (403|404|409|412|422)/.test(message.text());
}

export async function go(page, path) {
  const res = await page.goto(input.url + path);
  await page.waitForLoadState("load");
  return res;
}

export async function signIn(page, next = "/console") {
  await go(page, "/console/sign-in?next=" + encodeURIComponent(next));
  await page.fill("input[name=email]", input.email);
  await page.fill("input[name=password]", input.password);
  await Promise.all([page.waitForURL((u) => !u.pathname.startsWith("/console/sign-in")), page.click("main button.primary, form button.primary")]);
}
