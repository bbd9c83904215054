import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { FocalError } from "focal-loss";

/**
 * A file of the example data that lie beside the source.
 *
 * @throws FocalError `data` where the program was installed without them
 */
export function bundledFile(name: string): string {
  const path = fileURLToPath(new URL(`../../../../examples/data/${name}`, import.meta.url));
  if (!existsSync(path)) throw new FocalError("data", `the example data are not installed: there is no ${JSON.stringify(path)}; name a folder of your own pictures instead`);
  return path;
}
