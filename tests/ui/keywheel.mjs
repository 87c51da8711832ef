import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const LISTENING = /^listening on (http:\/\/\S+)$/;
const PROVIDER_KEY = /_API_KEY(_\w+)?$/;

/** Starts the binary named by KEYWHEEL_BINARY on a free port with a folder of its own, without any real key. */
export async function startKeywheel(token) {
  const binary = process.env.KEYWHEEL_BINARY;
  if (!binary) throw new Error("Set KEYWHEEL_BINARY to the keywheel executable, for example target/debug/keywheel.");
  const folder = mkdtempSync(join(tmpdir(), "keywheel-ui-"));
  const child = spawn(binary, ["serve", "--port", "0", "--data-dir", folder, "--config", join(folder, "config.toml")], {
    env: { ...withoutKeys(process.env), KEYWHEEL_ADMIN_TOKEN: token },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGTERM");
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = await listeningUrl(child, exited);
  return { url, stop };
}

async function listeningUrl(child, exited) {
  const lines = createInterface({ input: child.stdout });
  const found = new Promise((resolve) => {
    lines.on("line", (line) => {
      const match = LISTENING.exec(line);
      if (match) resolve(match[1]);
    });
  });
  const ended = exited.then(([code]) => {
    throw new Error(`keywheel ended with ${code} before it listened.`);
  });
  return Promise.race([found, ended]);
}

function withoutKeys(environment) {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !PROVIDER_KEY.test(name)));
}
