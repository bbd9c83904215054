/**
 * The package.json that users get has no "source" among its conditions, which names files only this repository holds.
 * `npm pack` and `npm publish` run this before they read it, and with `restore` when they are done.
 */
import { copyFileSync, readFileSync, renameSync, writeFileSync } from "node:fs";

const manifest = "package.json", original = "package.json.original";
if (process.argv[2] === "restore") {
  renameSync(original, manifest);
} else {
  copyFileSync(manifest, original);
  const published = JSON.parse(readFileSync(manifest, "utf8"));
  for (const conditions of Object.values(published.exports)) delete conditions.source;
  writeFileSync(manifest, `${JSON.stringify(published, null, 2)}\n`);
}
