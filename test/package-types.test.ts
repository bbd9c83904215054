/** Programs of users in TypeScript: what types they find in the package as npm would publish it. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pack, peers, root } from "./package/packed.ts";
import type { Packed } from "./package/packed.ts";

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
const all = Object.keys(exports), alone = all.filter((path) => !(path in peers));

/** A program whose every import must have been found, down to the last file: a type that was not would be `any`. */
const program = (load: (name: string, specifier: string) => string, subpaths: readonly string[]): string => `
type IsAny<T> = 0 extends 1 & T ? true : false;
${subpaths.map((path, i) => `${load(`part${i}`, `focal-loss${path.slice(1)}`)}
export const known${i}: IsAny<(typeof part${i})[keyof typeof part${i}]> = false;`).join("\n")}

const loss: part0.Criterion = part0.criterion(part0.focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" });
export const grad: Float32Array = loss.valueAndGrad(new Float32Array(2), new Uint8Array(2)).grad;
// @ts-expect-error An option's name is misspelt.
part0.focal({ gama: 2 });
`;
const imports = (name: string, specifier: string): string => `import * as ${name} from "${specifier}";`;
const requires = (name: string, specifier: string): string => `import ${name} = require("${specifier}");`;

let packed: Packed;
beforeAll(() => { packed = pack(); packed.installPeers(); }, 60_000);
afterAll(() => packed?.remove());

/** What the compiler says about a program. */
function complaints(folder: string, options: object, files: Readonly<Record<string, string>>): Promise<string> {
  const compilerOptions = { strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: "es2022", types: [], ...options };
  for (const [name, text] of Object.entries(files)) packed.write(`${folder}/${name}`, text);
  const project = packed.write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  return new Promise((done) => { execFile(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project], (_, stdout) => done(stdout)); });
}

test.concurrent("node16: every subpath has its types, for import and for require (the peers' own are not checked: they do not pass)", async () => {
  const files = { "module.mts": program(imports, all), "commonjs.cts": program(requires, all) };
  expect(await complaints("node16", { module: "node16", moduleResolution: "node16", skipLibCheck: true }, files)).toBe("");
});

test.concurrent("bundler: every subpath has its types, and every declaration of those without peers passes the compiler's check", async () => {
  expect(await complaints("bundler", { module: "esnext", moduleResolution: "bundler", skipLibCheck: false }, { "module.ts": program(imports, alone) })).toBe("");
});
