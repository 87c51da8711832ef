import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import en from "../messages/en.json";

const SOURCE = "src";
const files = (readdirSync(SOURCE, { recursive: true }) as string[])
  .map((file) => file.replaceAll("\\", "/"))
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => ({ file, text: readFileSync(join(SOURCE, file), "utf8") }));
const shipped = files.filter(({ file }) => !/(\.test\.ts|backend\/fake\.ts|api\/samples\.ts)$/.test(file));

/** What a folder may import from; everything else is upward or sideways. */
const MAY_IMPORT: [folder: string, allowed: string[]][] = [
  ["lib/format/", ["lib/format/", "lib/api/", "lib/messages"]],
  ["lib/api/", ["lib/api/", "lib/backend/"]],
  ["lib/backend/", ["lib/backend/", "lib/api/"]],
  ["lib/state/", ["lib/state/", "lib/api/", "lib/backend/"]],
  ["components/ui/", ["components/ui/", "lib/messages"]],
  ["components/rotation/", ["components/rotation/", "components/ui/", "lib/"]],
  ["components/shell/", ["components/shell/", "components/ui/", "lib/"]],
  ["views/", ["components/", "lib/"]],
];

function imports(file: string, text: string): string[] {
  return [...text.matchAll(/from "(\.[^"]+)"/g)].map(([, path]) => normalize(join(dirname(file), path ?? "")).replaceAll("\\", "/"));
}

test.each(MAY_IMPORT)("%s imports only from below", (folder, allowed) => {
  const wrong = shipped
    .filter(({ file }) => file.startsWith(folder))
    .flatMap(({ file, text }) => imports(file, text).map((path) => ({ file, path })))
    .filter(({ path }) => !allowed.some((prefix) => path.startsWith(prefix)));
  expect(wrong).toEqual([]);
});

test("only the desktop backend knows the Tauri API", () => {
  const knowing = shipped.filter(({ text }) => text.includes("@tauri-apps/api")).map(({ file }) => file);
  expect(knowing).toEqual(["lib/backend/tauri.ts"]);
});

test("every message of the catalogue is used", () => {
  const source = shipped.map(({ text }) => text).join("\n");
  const built = [...source.matchAll(/`(\w+)\.\$\{/g)].map(([, prefix]) => `${prefix}.`);
  const unused = Object.keys(en).filter(
    (key) => !source.includes(`"${key.replace(/\.(one|other)$/, "")}"`) && !built.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

test("nothing is written inline that the content policy refuses", () => {
  const inline = shipped.filter(({ text }) => /<[^>]* style="|\{@html/.test(text)).map(({ file }) => file);
  expect(inline).toEqual([]);
});

test("dark by system and dark by choice are the same", () => {
  const css = readFileSync("src/tokens.css", "utf8");
  const block = (start: string) => {
    const from = css.indexOf("{", css.indexOf(start)) + 1;
    return css.slice(from, css.indexOf("}", from)).split(/[;\n]/).map((line) => line.trim()).filter(Boolean);
  };
  expect(block('[data-theme="dark"]')).toEqual(block(':root:not([data-theme="light"])'));
});
