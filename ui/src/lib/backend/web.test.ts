import { describe, expect, test, vi } from "vitest";
import { aState } from "../api/samples";
import type { State } from "../api/types";
import { TOKEN_MISSING, type StreamError } from "./backend";
import { Token, type TokenPlace } from "./token";
import { WebBackend } from "./web";

function aPlace(hash: string): TokenPlace & { stored: Map<string, string>; replaceState: ReturnType<typeof vi.fn> } {
  const stored = new Map<string, string>();
  const replaceState = vi.fn();
  return {
    stored,
    replaceState,
    location: { hash, pathname: "/ui/", search: "" },
    history: { replaceState },
    storage: {
      getItem: (key) => stored.get(key) ?? null,
      setItem: (key, value) => void stored.set(key, value),
      removeItem: (key) => void stored.delete(key),
    },
  };
}

function backendWith(respond: (path: string, init: RequestInit) => Response, hash = "#token=canary") {
  const place = aPlace(hash);
  const fetchFake = vi.fn((input: RequestInfo | URL, init: RequestInit = {}) => Promise.resolve(respond(String(input), init)));
  return { place, fetchFake, backend: new WebBackend(new Token(place), fetchFake as typeof fetch) };
}

describe("Token", () => {
  test("is taken from the address, which loses it", () => {
    const place = aPlace("#token=a%2Fb");
    expect(new Token(place).value).toBe("a/b");
    expect(place.replaceState).toHaveBeenCalledWith(null, "", "/ui/");
    place.location.hash = "";
    expect(new Token(place).value, "a reload finds it in the tab's storage").toBe("a/b");
  });

  test("leaves other fragments alone", () => {
    const place = aPlace("#/rotation");
    expect(new Token(place).value).toBeNull();
    expect(place.replaceState).not.toHaveBeenCalled();
  });
});

describe("WebBackend.request", () => {
  test("carries the token in a header and the body as JSON", async () => {
    const { backend, fetchFake } = backendWith(() => new Response(null, { status: 204 }));
    expect(await backend.request("POST", "/api/pause", { minutes: null })).toEqual({ status: 204, body: null });
    const [path, init] = fetchFake.mock.calls[0] ?? [];
    const headers = new Headers(init?.headers);
    expect(path).toBe("/api/pause");
    expect(headers.get("authorization")).toBe("Bearer canary");
    expect(headers.get("content-type")).toBe("application/json");
    expect(init?.body).toBe('{"minutes":null}');
  });

  test("does not ask without a token", async () => {
    const { backend, fetchFake } = backendWith(() => new Response(null), "");
    expect(await backend.request("GET", "/api/state")).toMatchObject({ status: 401, body: { code: TOKEN_MISSING } });
    expect(fetchFake).not.toHaveBeenCalled();
  });

  test("forgets a refused token", async () => {
    const { backend, place } = backendWith(() => new Response('{"code":"unauthorized"}', { status: 401 }));
    expect(await backend.request("GET", "/api/state")).toEqual({ status: 401, body: { code: "unauthorized" } });
    expect(place.stored.size).toBe(0);
  });

  test("survives an answer that is not JSON", async () => {
    const { backend } = backendWith(() => new Response("<h1>proxy</h1>", { status: 502 }));
    expect(await backend.request("GET", "/api/state")).toEqual({ status: 502, body: null });
  });
});

describe("WebBackend.subscribe", () => {
  test("hands over states and says when the stream ends", async () => {
    const { backend } = backendWith(
      () => new Response(`: keep-alive\n\nevent: other\ndata: 1\n\nevent: state\ndata: ${JSON.stringify(aState({ sequence: 9 }))}\n\n`),
    );
    const states: State[] = [];
    const error = await new Promise<StreamError>((resolve) => backend.subscribe((state) => states.push(state), resolve));
    expect(states.map((state) => state.sequence)).toEqual([9]);
    expect(error.reason).toBe("unreachable");
  });

  test.each([
    [401, "refused"],
    [503, "unreachable"],
  ])("a %i is %s", async (status, reason) => {
    const { backend } = backendWith(() => new Response("", { status }));
    const error = await new Promise<StreamError>((resolve) => backend.subscribe(() => {}, resolve));
    expect(error.reason).toBe(reason);
  });

  test("is silent after it was closed", async () => {
    const onError = vi.fn();
    const { backend } = backendWith((_, init) => {
      init.signal?.throwIfAborted();
      return new Response("");
    });
    backend.subscribe(() => {}, onError)();
    await vi.waitFor(() => expect(onError).not.toHaveBeenCalled());
  });
});
