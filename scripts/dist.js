/** What `tsc -b` leaves undone in dist/: to say that dist/cjs is CommonJS, and to clear away what no source makes any more. */
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const root = new URL("../", import.meta.url);
writeFileSync(new URL("dist/cjs/package.json", root), '{ "type": "commonjs" }\n');

for (const path of readdirSync(new URL("dist/", root), { recursive: true })) {
  const file = path.replaceAll("\\", "/");
  if (!/\.(js|map|d\.ts)$/.test(file)) continue;
  const source = file.replace(/^cjs\//, "").replace(/\.(js|d\.ts)$/, ".ts");
  if (!existsSync(new URL(`src/${source}`, root))) rmSync(new URL(`dist/${file}`, root));
}
