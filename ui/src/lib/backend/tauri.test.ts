// @vitest-environment jsdom
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, expect, test, vi } from "vitest";
import { aState } from "../api/samples";
import { TauriBackend } from "./tauri";

afterEach(() => clearMocks());

test("a request is one command that names method, path and body", async () => {
  const command = vi.fn(() => ({ status: 204, body: null }));
  mockIPC(command);
  expect(await new TauriBackend().request("POST", "/api/resume")).toEqual({ status: 204, body: null });
  expect(command).toHaveBeenCalledWith("api", { method: "POST", path: "/api/resume", body: null });
});

test("states come through the channel until it is closed", async () => {
  let channel: { onmessage: (state: unknown) => void } | undefined;
  mockIPC((command, payload) => {
    if (command === "events") channel = (payload as { channel: NonNullable<typeof channel> }).channel;
  });
  const onState = vi.fn();
  const close = new TauriBackend().subscribe(onState, () => {});
  await vi.waitFor(() => expect(channel).toBeDefined());
  channel?.onmessage(aState({ sequence: 3 }));
  expect(onState).toHaveBeenCalledOnce();
  close();
  channel?.onmessage(aState({ sequence: 4 }));
  expect(onState, "a closed stream stays silent").toHaveBeenCalledOnce();
});

test("a command that fails is a stream that ended", async () => {
  mockIPC(() => {
    throw new Error("no host");
  });
  const onError = vi.fn();
  new TauriBackend().subscribe(() => {}, onError);
  await vi.waitFor(() => expect(onError).toHaveBeenCalledOnce());
  expect(onError.mock.calls[0]?.[0]).toMatchObject({ reason: "unreachable" });
});
