// Run by the bundler before it packs: builds the headless program for the same profile and puts it where the
// bundle configuration, which knows no profiles, finds it.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const desktop = dirname(dirname(fileURLToPath(import.meta.url)));
const profile = process.env.TAURI_ENV_DEBUG === "true" ? "dev" : "release";
const output = execFileSync(
  "cargo",
  ["build", "--package", "keywheel", "--bin", "keywheel", "--profile", profile, "--message-format", "json"],
  { cwd: desktop, encoding: "utf8", maxBuffer: Infinity, stdio: ["ignore", "pipe", "inherit"] },
);
const artifacts = output.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
const built = artifacts.find((artifact) => artifact.target?.name === "keywheel" && artifact.executable);
const folder = join(desktop, "gen", "headless");
mkdirSync(folder, { recursive: true });
copyFileSync(built.executable, join(folder, "keywheel"));
