import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defaultClientConditions, defineConfig } from "vite";
import { fontsOnce } from "./build/fonts.ts";
import { offline } from "./build/offline.ts";
import { policy } from "./build/policy.ts";

/** Static files with relative addresses: they work from any folder of any host, and without one once they have been seen. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [fontsOnce(), svelte(), policy(), offline()],
  resolve: { conditions: ["source", ...defaultClientConditions] },
  worker: { format: "es" },
  build: { outDir: "../cli/dist/lab/page", emptyOutDir: true, target: "es2022", cssTarget: ["chrome123", "firefox121", "safari17.5"], manifest: true, assetsInlineLimit: 0, reportCompressedSize: false, chunkSizeWarningLimit: 1000 },
});
