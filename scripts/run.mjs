// `npm start` and `npm test` begin here: check that the compilers exist, then hand over to `cargo xtask`.
// Plain Node without packages, because nothing is installed yet.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = (file) => readFileSync(join(root, file), "utf8");

function run(xtaskArguments) {
  const problem = nodeProblem() ?? cargoProblem() ?? compilerProblem();
  if (problem) {
    console.error(`\n${problem}\n`);
    process.exitCode = 1;
    return;
  }
  handOver(xtaskArguments);
}

function nodeProblem() {
  const wanted = Number(JSON.parse(manifest("package.json")).engines.node.match(/\d+/)[0]);
  if (Number(process.versions.node.split(".")[0]) >= wanted) return null;
  return missing(`Node ${wanted} or newer is needed, this is ${process.versions.node}.`, {
    linux: `install it from your distribution or with a version manager, e.g.: nvm install ${wanted}`,
    darwin: `brew install node@${wanted}`,
    win32: "winget install OpenJS.NodeJS.LTS",
  });
}

function cargoProblem() {
  const wanted = manifest("Cargo.toml").match(/rust-version = "(\d+)\.(\d+)"/).slice(1).map(Number);
  const found = versionOf("cargo");
  if (!found) {
    return missing(`Rust is needed (cargo ${wanted.join(".")} or newer) and was not found.`, {
      linux: installRust(),
      darwin: installRust(),
      win32: "winget install Rustlang.Rustup",
    });
  }
  const [major, minor] = found;
  if (major > wanted[0] || (major === wanted[0] && minor >= wanted[1])) return null;
  const update = spawnSync("rustup", ["--version"]).error ? installRust() : "rustup update stable";
  return missing(`cargo ${wanted.join(".")} or newer is needed, this is ${major}.${minor}.`, {
    linux: update,
    darwin: update,
    win32: update,
  });
}

function installRust() {
  const installed = join(homedir(), ".cargo", "bin", "cargo");
  if (existsSync(installed)) return '. "$HOME/.cargo/env"   # it is installed, this shell does not know it yet';
  return "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh";
}

/** Windows is left to rustc, whose own message names the Visual Studio build tools. */
function compilerProblem() {
  if (platform() === "win32" || !spawnSync("cc", ["--version"]).error) return null;
  return missing("A C compiler and linker (cc) is needed and was not found.", {
    linux: "sudo apt-get install build-essential   # or: dnf install gcc, pacman -S base-devel",
    darwin: "xcode-select --install",
  });
}

function versionOf(tool) {
  const { error, stdout } = spawnSync(tool, ["--version"], { encoding: "utf8" });
  const version = error ? null : stdout.match(/(\d+)\.(\d+)/);
  return version ? version.slice(1).map(Number) : null;
}

function missing(sentence, commands) {
  return `${sentence}\n  ${commands[platform()] ?? commands.linux}\nThen run this again.`;
}

function handOver(xtaskArguments) {
  const executable = platform() === "win32" ? "xtask.exe" : "xtask";
  const builtBefore = existsSync(join(root, "target", "debug", executable));
  if (!builtBefore) console.log("Building the developer commands (once, under a minute) …");
  const quiet = builtBefore ? ["--quiet"] : [];
  const cargoArguments = ["run", ...quiet, "--package", "xtask", "--", ...xtaskArguments];
  const child = spawn("cargo", cargoArguments, { cwd: root, stdio: "inherit" });

  // Ctrl-C reaches the whole process group; stay until the child has shut down and report its code.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    console.error(`cargo could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGINT" ? 130 : 1);
  });
}

run(process.argv.slice(2));
