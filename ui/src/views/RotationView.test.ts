// @vitest-environment jsdom
import { fireEvent, render, screen, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import App from "../App.svelte";
import { aKey, aMinute, aModel, aProvider, aRotation, aState, aTarget } from "../lib/api/samples";
import type { State } from "../lib/api/types";
import { FakeBackend } from "../lib/backend/fake";

function busy(): State {
  const now_ms = Date.now();
  return aState({
    now_ms,
    rotation: aRotation({ sentence: "1 of 3 keys resting", usable_keys: 2, total_keys: 3, next_back_at_ms: now_ms + 42_000 }),
    providers: [
      aProvider({
        keys: [
          aKey({ id: "k_1", label: "work", serving: true, in_flight: 2 }),
          aKey({ id: "k_2", label: "acme", state: "resting", since_ms: now_ms, until_ms: now_ms + 42_000, provenance: "said", reason: "429 · retry-after: 42" }),
        ],
      }),
      aProvider({ id: "lab", name: "Lab", simulated: true, keys: [aKey({ id: "k_3", label: "sim" })] }),
    ],
    models: [aModel({ name: "coding", active: true, targets: [aTarget({ model: "big", position: "serving" }), aTarget({ model: "small" })] })],
    last_minute: aMinute({ requests: 38, passed_on: 3, failed: 0 }),
  });
}

async function shown(backend: FakeBackend) {
  render(App, { backend });
  return screen.findByRole("heading", { name: "Rotation" });
}

test("busy: the wheel, the chains, the cells and the tape tell the state", async () => {
  await shown(new FakeBackend(busy()));
  expect(await screen.findByText(/^1 of 3 keys resting · next back in 0:4[12]$/)).toBeTruthy();
  expect(screen.getByRole("img", { name: /^Wheel of 3 keys: 2 usable, 1 resting\. Serving now: Groq work\.$/ })).toBeTruthy();
  expect(screen.getByRole("button", { name: "work: serving, 2 now" })).toBeTruthy();
  expect(screen.getByRole("button", { name: /^acme: resting, back in 0:4[123], said$/ })).toBeTruthy();
  expect(screen.getByText("simulated")).toBeTruthy();
  const chain = screen.getByRole("list", { name: "coding" });
  expect(within(chain).getAllByRole("listitem").map((target) => target.getAttribute("aria-current"))).toEqual(["true", null]);
  expect(screen.getByRole("img", { name: "38 requests in the last minute, 3 passed on to another key, 0 failed" })).toBeTruthy();
});

test("a cell opens its story, clears its hold and takes the focus back", async () => {
  const backend = new FakeBackend(busy());
  await shown(backend);
  const cell = await screen.findByRole("button", { name: /^acme/ });
  await fireEvent.click(cell);
  const dialog = screen.getByRole("dialog", { name: "Groq, acme" });
  expect(dialog.textContent).toContain("429 · retry-after: 42");
  expect(dialog.textContent).toContain("····7f3a");
  await fireEvent.click(within(dialog).getByRole("button", { name: "Clear hold" }));
  expect(backend.sent.at(-1)?.path).toBe("/api/keys/k_2/hold:clear");
  await vi.waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(document.activeElement).toBe(cell);
});

test("Escape closes a story and returns the focus", async () => {
  await shown(new FakeBackend(busy()));
  const cell = await screen.findByRole("button", { name: /^work/ });
  await fireEvent.click(cell);
  const dialog = screen.getByRole("dialog");
  expect(within(dialog).queryByRole("button", { name: "Clear hold" }), "nothing holds a usable key").toBeNull();
  await fireEvent.keyDown(dialog, { key: "Escape" });
  expect(screen.queryByRole("dialog")).toBeNull();
  expect(document.activeElement).toBe(cell);
});

test("one cell is in the Tab order, arrow keys reach the others", async () => {
  await shown(new FakeBackend(busy()));
  const first = await screen.findByRole("button", { name: /^work/ });
  const second = screen.getByRole("button", { name: /^acme/ });
  expect([first.tabIndex, second.tabIndex]).toEqual([0, -1]);
  first.focus();
  await fireEvent.keyDown(first, { key: "ArrowRight" });
  expect(document.activeElement).toBe(second);
  expect([first.tabIndex, second.tabIndex]).toEqual([-1, 0]);
});

test("the button pauses, and resumes once it is paused", async () => {
  const backend = new FakeBackend(busy());
  await shown(backend);
  await fireEvent.click(await screen.findByRole("button", { name: "Pause" }));
  expect(backend.sent.at(-1)).toEqual({ method: "POST", path: "/api/pause", body: { minutes: null } });
  backend.push({ ...busy(), sequence: 2, rotation: aRotation({ phase: "paused", paused: true, sentence: "Paused" }) });
  await fireEvent.click(await screen.findByRole("button", { name: "Resume" }));
  expect(backend.sent.at(-1)?.path).toBe("/api/resume");
});

test("the window asks once and then only listens", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  const backend = new FakeBackend(busy());
  await shown(backend);
  await vi.advanceTimersByTimeAsync(5000);
  vi.useRealTimers();
  expect(backend.n_streams).toBe(1);
  expect(backend.sent).toHaveLength(1);
});

test("empty: says how to bring keys in", async () => {
  await shown(new FakeBackend(aState({ providers: [], models: [], rotation: aRotation({ phase: "empty", usable_keys: 0, total_keys: 0 }) })));
  const empty = await screen.findByRole("region", { name: "No keys yet" });
  expect(empty.textContent).toContain("GROQ_API_KEY");
  expect(empty.textContent).toContain("demo");
});

test("only simulated keys: says so", async () => {
  await shown(new FakeBackend(aState({ providers: [aProvider({ simulated: true })] })));
  expect(await screen.findByText(/^These keys are simulated/)).toBeTruthy();
});

test("problems are shown", async () => {
  await shown(new FakeBackend(aState({ problems: [{ code: "keychain_unavailable", message: "The keychain is locked." }] })));
  expect(await screen.findByText("The keychain is locked.")).toBeTruthy();
});

test("error: says what is so and tries again on request", async () => {
  const backend = new FakeBackend(null);
  await shown(backend);
  expect(await screen.findByRole("alert", { name: "Keywheel does not answer" })).toBeTruthy();
  backend.state = busy();
  await fireEvent.click(screen.getByRole("button", { name: "Try now" }));
  expect(await screen.findByRole("button", { name: /^work/ })).toBeTruthy();
});

test("lost while shown: keeps the picture and says how old it is", async () => {
  const backend = new FakeBackend(busy());
  await shown(backend);
  await screen.findByRole("button", { name: /^work/ });
  backend.breakStream();
  expect((await screen.findByRole("alert")).textContent).toMatch(/This is how it was at \d\d:\d\d:\d\d/);
  expect(screen.getByRole("button", { name: /^work/ })).toBeTruthy();
  expect((screen.getByRole("button", { name: "Pause" }) as HTMLButtonElement).disabled).toBe(true);
});

test("signed out: asks for the token", async () => {
  const backend = new FakeBackend(busy());
  backend.answer("/api/state", { status: 401, body: { code: "unauthorized", message: "no" } });
  render(App, { backend });
  const field = await screen.findByLabelText("Token");
  expect(screen.getByRole("alert").textContent).toContain("refused");
  await fireEvent.input(field, { target: { value: " canary " } });
  await fireEvent.submit(field.closest("form") as HTMLFormElement);
  expect(backend.tokens).toEqual(["canary"]);
  expect(await screen.findByRole("heading", { name: "Rotation" })).toBeTruthy();
});
