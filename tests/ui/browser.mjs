import assert from "node:assert/strict";

import { chromium } from "playwright-core";

/** Generous for a busy machine, short enough that a broken page does not hold up the whole run. */
const LONGEST_WAIT_MS = 10_000;

/** A browser that talks to nobody but the page under test. */
export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.KEYWHEEL_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-default-apps",
      "--disable-sync",
      "--no-first-run",
      "--no-pings",
    ],
  });
}

/** Opens a page in a context of its own; when the test ends, it fails on any console error that was not expected. */
export async function openPage(t, browser, options) {
  const { expectedErrors, token: _, ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 960, height: 640 }, ...contextOptions });
  context.setDefaultTimeout(LONGEST_WAIT_MS);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  t.after(async () => {
    await context.close();
    const unexpected = errors.filter((error) => !expectedErrors?.test(error));
    assert.deepEqual(unexpected, [], "the console stays free of errors");
  });
  return page;
}
