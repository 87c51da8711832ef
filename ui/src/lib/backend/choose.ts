import type { Backend } from "./backend";
import { Token } from "./token";
import { WebBackend } from "./web";

/** The desktop window announces itself; everything else is a browser. */
export async function chooseBackend(): Promise<Backend> {
  if ("__TAURI_INTERNALS__" in window) {
    const { TauriBackend } = await import("./tauri");
    return new TauriBackend();
  }
  return new WebBackend(new Token({ location, history, storage: sessionStorage }));
}
