import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  // Relative, so that the same build works at tauri://localhost and under /ui/.
  base: "./",
  plugins: [svelte(), svelteTesting()],
  build: {
    // The oldest engine is the system web view of macOS 12.
    target: "safari15",
    // An inlined asset would be a data: address, which the content policy refuses.
    assetsInlineLimit: 0,
    // The polyfill is an inline fetch loop for engines older than the target.
    modulePreload: { polyfill: false },
  },
  server: {
    // `npm run dev` shows a running headless Keywheel.
    proxy: { "/api": process.env.KEYWHEEL_URL ?? "http://127.0.0.1:8000" },
  },
  test: {
    environment: "node",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
  },
});
