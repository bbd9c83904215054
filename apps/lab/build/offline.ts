import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

const source = new URL("../src/offline/serviceWorker.js", import.meta.url);

/** Writes the service worker, which is told every file of the page and a name that changes with any of them. */
export const offline = (): Plugin => ({
  name: "offline",
  apply: "build",
  enforce: "post",
  generateBundle(_, bundle) {
    const hash = createHash("sha256"), files = Object.keys(bundle).filter((file) => !file.startsWith(".vite/")).sort();
    for (const file of files) {
      const made = bundle[file]!;
      hash.update(file).update(made.type === "asset" ? made.source : made.code);
    }
    const worker = readFileSync(source, "utf8").replace("__VERSION__", JSON.stringify(hash.digest("hex").slice(0, 12))).replace("__FILES__", JSON.stringify(files));
    this.emitFile({ type: "asset", fileName: "serviceWorker.js", source: worker });
  },
});
