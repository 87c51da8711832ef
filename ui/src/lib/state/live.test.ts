// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { aRotation, aState } from "../api/samples";
import { TOKEN_MISSING } from "../backend/backend";
import { FakeBackend } from "../backend/fake";
import { Live } from "./live.svelte";

const START = 1_763_640_000_000;
const REFUSED = { status: 401, body: { code: "unauthorized", message: "no" } };
let stop: (() => void) | undefined;

beforeEach(() => void vi.useFakeTimers({ now: START }));
afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

async function started(backend: FakeBackend): Promise<Live> {
  const live = new Live(backend);
  stop = live.start();
  await vi.advanceTimersByTimeAsync(0);
  return live;
}

function stateRequests(backend: FakeBackend): number {
  return backend.sent.filter((sent) => sent.path === "/api/state").length;
}

describe("Live", () => {
  test("fetches the state, then follows the stream", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    expect(live.connection).toBe("live");
    expect(backend.n_streams).toBe(1);
    backend.push(aState({ sequence: 5, now_ms: START }));
    expect(live.snapshot?.sequence).toBe(5);
  });

  test("ignores an older snapshot of the same run, takes one of a new run", async () => {
    const backend = new FakeBackend(aState({ sequence: 9, now_ms: START }));
    const live = await started(backend);
    backend.push(aState({ sequence: 8, now_ms: START }));
    expect(live.snapshot?.sequence).toBe(9);
    backend.push(aState({ sequence: 1, started_at_ms: 5, now_ms: START }));
    expect(live.snapshot?.sequence, "a restarted server counts from the beginning").toBe(1);
  });

  test("keeps what it knew, backs off and fetches again when the stream breaks", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    backend.state = null;
    backend.breakStream();
    expect(live.connection).toBe("lost");
    expect(live.snapshot).not.toBeNull();
    expect(live.retryAtMs).not.toBeNull();
    await vi.advanceTimersByTimeAsync(500);
    expect(stateRequests(backend), "the first retry comes after half a second").toBe(2);
    await vi.advanceTimersByTimeAsync(999);
    expect(stateRequests(backend), "the second waits twice as long").toBe(2);
    backend.state = aState({ sequence: 7, now_ms: START });
    await vi.advanceTimersByTimeAsync(1);
    expect(live.connection).toBe("live");
    expect(live.snapshot?.sequence).toBe(7);
    expect(backend.n_streams).toBe(2);
  });

  test("can be told to try now, and then does not try twice", async () => {
    const backend = new FakeBackend(null);
    const live = await started(backend);
    expect(live.connection).toBe("lost");
    backend.state = aState({ now_ms: START });
    live.connect();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(live.connection).toBe("live");
    expect(stateRequests(backend)).toBe(2);
  });

  test("says the program's own reason", async () => {
    const backend = new FakeBackend(null);
    backend.answer("/api/state", { status: 503, body: { code: "internal", message: "Port 8000 is taken." } });
    const live = await started(backend);
    expect(live).toMatchObject({ connection: "lost", reason: "Port 8000 is taken." });
  });

  test("fetches again after the machine slept", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    vi.setSystemTime(START + 3_600_000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stateRequests(backend)).toBe(2);
    expect(live.connection).toBe("live");
  });

  test("stops everything when it ends", async () => {
    const backend = new FakeBackend(null);
    await started(backend);
    stop?.();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(stateRequests(backend)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("signing in", () => {
  test.each([
    ["a missing token is not called refused", { status: 401, body: { code: TOKEN_MISSING, message: "" } }, false],
    ["a wrong token is", REFUSED, true],
  ])("%s", async (_, reply, refused) => {
    const backend = new FakeBackend(null);
    backend.answer("/api/state", reply);
    const live = await started(backend);
    expect(live.connection).toBe("signed_out");
    expect(live.tokenRefused).toBe(refused);
  });

  test("goes on with the typed token", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    backend.answer("/api/state", REFUSED);
    const live = await started(backend);
    live.signIn("canary");
    await vi.advanceTimersByTimeAsync(0);
    expect(backend.tokens).toEqual(["canary"]);
    expect(live.connection).toBe("live");
  });

  test("is needed again when the stream is refused", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    backend.breakStream("refused");
    expect(live.connection).toBe("signed_out");
    expect(live.snapshot, "nothing stays visible without a token").toBeNull();
  });
});

describe("the clock", () => {
  test("follows the server and ticks on its second", async () => {
    const backend = new FakeBackend(aState({ now_ms: START + 90_400 }));
    const live = await started(backend);
    expect(live.clock.nowMs).toBe(START + 90_000);
    await vi.advanceTimersByTimeAsync(599);
    expect(live.clock.nowMs).toBe(START + 90_000);
    await vi.advanceTimersByTimeAsync(1);
    expect(live.clock.nowMs).toBe(START + 91_000);
  });

  test("does not follow the network's delay", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    backend.push(aState({ sequence: 2, now_ms: START - 200 }));
    expect(live.clock.nowMs).toBe(START);
  });
});

describe("actions", () => {
  test("go to the control plane", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    await live.pause(null);
    await live.resume();
    await live.clearHold("k_7f3a");
    expect(backend.sent.slice(1)).toEqual([
      { method: "POST", path: "/api/pause", body: { minutes: null } },
      { method: "POST", path: "/api/resume", body: undefined },
      { method: "POST", path: "/api/keys/k_7f3a/hold:clear", body: undefined },
    ]);
  });

  test("that fail say why, until the next one", async () => {
    const backend = new FakeBackend(aState({ now_ms: START }));
    const live = await started(backend);
    backend.answer("/api/pause", { status: 500, body: { code: "internal", message: "The engine is stopping." } });
    await live.pause(null);
    expect(live.failure).toBe("The engine is stopping.");
    await live.resume();
    expect(live.failure).toBeNull();
  });
});

test("announces a new sentence, at most one a second", async () => {
  const backend = new FakeBackend(aState({ now_ms: START }));
  const live = await started(backend);
  const say = (sequence: number, sentence: string) => backend.push(aState({ sequence, now_ms: START, rotation: aRotation({ sentence }) }));
  say(2, "1 key resting");
  say(3, "2 keys resting");
  say(4, "3 keys resting");
  expect(live.announcer.sentence).toBe("1 key resting");
  await vi.advanceTimersByTimeAsync(1000);
  expect(live.announcer.sentence).toBe("3 keys resting");
});
