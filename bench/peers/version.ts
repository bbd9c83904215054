import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The version of an installed package. */
export function versionOf(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.resolve(name)));
  for (;;) {
    try {
      const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name?: string; version?: string };
      if (found.name === name) return found.version!;
    } catch {
      // Further up.
    }
    if (folder === dirname(folder)) return "of unknown version";
    folder = dirname(folder);
  }
}
