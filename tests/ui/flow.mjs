// The window in a real browser, against the headless binary named by KEYWHEEL_BINARY.
// Optional: KEYWHEEL_CHROMIUM (browser to use), KEYWHEEL_SCREENSHOTS=DIR (saves light, dark, narrow).
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { launchBrowser, openPage } from "./browser.mjs";
import { startKeywheel } from "./keywheel.mjs";

const TOKEN = randomBytes(16).toString("hex");
const CHAT = { model: "demo", messages: [{ role: "user", content: "hello" }] };
const MOST_REQUESTS = 60;
const LOOKS = [
  { colorScheme: "light", width: 960, height: 640 },
  { colorScheme: "dark", width: 960, height: 640 },
  { colorScheme: "light", width: 720, height: 480 },
  { colorScheme: "dark", width: 720, height: 480 },
];

let keywheel;
let browser;

before(async () => {
  keywheel = await startKeywheel(TOKEN);
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await keywheel?.stop();
});

async function openWindow(t, options = {}) {
  const page = await openPage(t, browser, options);
  await page.goto(`${keywheel.url}/ui/#token=${options.token ?? TOKEN}`);
  return page;
}

async function state() {
  const response = await fetch(`${keywheel.url}/api/state`, { headers: { authorization: `Bearer ${TOKEN}` } });
  assert.equal(response.status, 200, "the control plane answers with the token");
  return response.json();
}

async function chat() {
  const response = await fetch(`${keywheel.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer anything" },
    body: JSON.stringify(CHAT),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Sends requests until a key has used up its budget and waits for it to come back. */
async function chatUntilAKeyRests() {
  for (let sent = 0; sent < MOST_REQUESTS; sent += 1) {
    assert.equal(await chat(), 200, "a limited key behind it never reaches the client");
    const keys = (await state()).providers.flatMap((provider) => provider.keys);
    const waiting = keys.find((key) => key.until_ms !== null);
    if (waiting) return waiting;
  }
  return assert.fail(`no key rested within ${MOST_REQUESTS} requests`);
}

const cells = (page) => page.locator("[data-key]");
const cell = (page, key) => page.locator(`[data-key="${key.id}"]`);

test("shows the simulated keys and forgets the token in the address", async (t) => {
  const page = await openWindow(t);
  const { providers, rotation } = await state();
  await page.getByRole("heading", { name: "Rotation" }).waitFor();
  await cells(page).first().waitFor();
  assert.equal(await cells(page).count(), rotation.total_keys, "one cell for each key");
  assert.ok(providers.every((provider) => provider.simulated), "without any key, everything is simulated");
  await page.getByText(/^These keys are simulated/).waitFor();
  assert.ok(!page.url().includes(TOKEN), "the token left the address bar");
  await page.reload();
  await cells(page).first().waitFor();
});

test("copies the base URL", async (t) => {
  const page = await openWindow(t, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("button", { name: "Copy base URL" }).click();
  await page.getByRole("status").filter({ hasText: "Copied. Paste it as the base URL." }).waitFor({ state: "attached" });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(copied, (await state()).base_url, "the clipboard holds what the control plane says");
});

test("a key that rests counts down in its cell, and tells why by keyboard", async (t) => {
  const page = await openWindow(t);
  await cells(page).first().waitFor();
  const key = await chatUntilAKeyRests();
  const value = cell(page, key).locator("b");
  await page.waitForFunction((id) => /^~?\d+:\d\d$/.test(document.querySelector(`[data-key="${id}"] b`)?.textContent ?? ""), key.id);
  const before = await value.textContent();
  await page.waitForFunction(
    ([id, shown]) => document.querySelector(`[data-key="${id}"] b`)?.textContent !== shown,
    [key.id, before],
  );

  await cell(page, key).focus();
  await page.keyboard.press("Enter");
  const story = page.getByRole("dialog");
  await story.getByText(/(again|Resets) in ~?\d+:\d\d, at \d\d:\d\d:\d\d/).waitFor();
  await story.getByText("Said by").waitFor();
  await story.getByRole("button", { name: "Clear hold" }).waitFor();
  await page.keyboard.press("Escape");
  await story.waitFor({ state: "detached" });
  const focused = await page.evaluate(() => document.activeElement?.getAttribute("data-key"));
  assert.equal(focused, key.id, "Escape gives the focus back to the cell");
});

test("arrow keys move between the cells", async (t) => {
  const page = await openWindow(t);
  await cells(page).first().focus();
  await page.keyboard.press("ArrowRight");
  const second = await cells(page).nth(1).getAttribute("data-key");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-key")), second, "one step right");
});

test("pauses and resumes", async (t) => {
  const page = await openWindow(t);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await page.getByRole("button", { name: "Resume", exact: true }).waitFor();
  assert.equal((await state()).rotation.paused, true, "the engine is paused");
  await page.getByRole("button", { name: "Resume", exact: true }).click();
  await page.getByRole("button", { name: "Pause", exact: true }).waitFor();
  assert.equal((await state()).rotation.paused, false, "the engine goes on");
});

test("a wrong token leads to the sign-in form, the right one from there into the window", async (t) => {
  const page = await openWindow(t, { token: "wrong", expectedErrors: /401/ });
  await page.getByText("That token was refused.").waitFor();
  await page.getByLabel("Token").fill(TOKEN);
  await page.getByRole("button", { name: "Open" }).click();
  await cells(page).first().waitFor();
});

for (const { colorScheme, width, height } of LOOKS) {
  test(`has no accessibility violation in ${colorScheme} at ${width}×${height}`, async (t) => {
    const page = await openWindow(t, { colorScheme, viewport: { width, height } });
    await cells(page).first().waitFor();
    await assertAccessible(page, "the view");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing is wider than the window");
    await cells(page).first().click();
    await page.getByRole("dialog").waitFor();
    await assertAccessible(page, "an open key");
  });
}

async function assertAccessible(page, what) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10, "axe looked at the page");
  assert.deepEqual(violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ target }) => target) })), [], what);
}

test("screenshots", { skip: !process.env.KEYWHEEL_SCREENSHOTS }, async (t) => {
  const folder = process.env.KEYWHEEL_SCREENSHOTS;
  mkdirSync(folder, { recursive: true });
  const looks = [
    ["light", "light", 960],
    ["dark", "dark", 960],
    ["narrow", "light", 720],
  ];
  for (const [name, colorScheme, width] of looks) {
    const page = await openWindow(t, { colorScheme, viewport: { width, height: 640 } });
    await cells(page).first().waitFor();
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
});
