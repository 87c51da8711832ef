import { Channel, invoke } from "@tauri-apps/api/core";
import type { State } from "../api/types";
import { StreamError, type Backend, type Method, type Reply } from "./backend";

/** The desktop window: the control plane answers inside the same process, without a port or a token. */
export class TauriBackend implements Backend {
  request(method: Method, path: string, body?: unknown): Promise<Reply> {
    return invoke<Reply>("api", { method, path, body: body ?? null });
  }

  subscribe(onState: (state: State) => void, onError: (error: StreamError) => void): () => void {
    let open = true;
    const channel = new Channel<State>((state) => {
      if (open) onState(state);
    });
    invoke("events", { channel }).catch((error: unknown) => {
      if (open) onError(new StreamError("unreachable", String(error)));
    });
    return () => {
      open = false;
    };
  }
}
