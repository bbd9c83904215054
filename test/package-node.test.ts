/** Programs of users in Node, as modules and as CommonJS, on the package as npm would publish it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { criterion, focal, sigmoidFocalLoss } from "focal-loss";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack, peers, root } from "./package/packed.ts";
import type { Packed } from "./package/packed.ts";

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: object };
const alone = Object.keys(exports).filter((path) => !(path in peers));

/** A program that loads subpaths and says the names that it finds in each. */
const loads = { mjs: (name: string) => `await import("${name}")`, cjs: (name: string) => `require("${name}")` };
type Kind = keyof typeof loads;
const lists = (kind: Kind, paths: readonly string[]): string =>
  `const found = { ${paths.map((path) => `"${path}": ${loads[kind](`focal-loss${path.slice(1)}`)}`).join(", ")} };
console.log(JSON.stringify(Object.fromEntries(Object.entries(found).map(([path, names]) => [path, Object.keys(names).filter((name) => name !== "__esModule").sort()]))));`;

/** A program that computes: in JavaScript, on SIMD, and on a second thread. */
const computes = (load: string): string => `(async () => {
  const { sigmoidFocalLoss, criterion, focal, FocalError, threads } = ${load};
  const value = sigmoidFocalLoss([2, -1, 0.5], [1, 0, 0], { alpha: 0.25, gamma: 2 });
  const { grad } = criterion(focal()).valueAndGrad(Float32Array.from({ length: 100 }, (_, i) => i / 10 - 5), new Uint8Array(100));
  let refusal; try { focal({ gamma: -1 }); } catch (error) { refusal = error instanceof FocalError && error.message; }
  console.log(JSON.stringify({ value, grad: [...grad], refusal, threads: [await threads(2), await threads(1)] }));
})();`;
const computed = {
  value: sigmoidFocalLoss([2, -1, 0.5], [1, 0, 0], { alpha: 0.25, gamma: 2 }),
  grad: [...criterion(focal()).valueAndGrad(Float32Array.from({ length: 100 }, (_, i) => i / 10 - 5), new Uint8Array(100)).grad],
  refusal: "gamma must be ≥ 0, got -1",
  threads: [2, 1],
};

let packed: Packed;
beforeAll(() => { packed = pack(); }, 60_000);
afterAll(() => packed?.remove());
const run = (name: string, program: string): unknown => JSON.parse(execFileSync(process.execPath, [packed.write(name, program)], { encoding: "utf8" }));

describe.each([["import", "mjs"], ["require", "cjs"]] as const)("%s", (_, kind) => {
  test("computes in JavaScript, on SIMD and with threads what the sources compute, bit for bit, and refuses as they do", () => {
    expect(run(`compute.${kind}`, computes(loads[kind]("focal-loss")))).toEqual(computed);
  });
});

test("import and require find the same names in every subpath that needs no peer, with no peer installed", () => {
  const imported = run("alone.mjs", lists("mjs", alone)) as Record<string, string[]>;
  for (const path of alone) expect(imported[path]!.length, path).toBeGreaterThan(0);
  expect(run("alone.cjs", lists("cjs", alone))).toEqual(imported);
});

test("and in the others, beside their peers", () => {
  packed.installPeers();
  // A peer that is made of modules alone can be required from Node 20.19 on.
  const others = Object.keys(peers).filter((path) => path !== "./plot" || process.features.require_module);
  const imported = run("peers.mjs", lists("mjs", others)) as Record<string, string[]>;
  for (const path of others) expect(imported[path]!.length, path).toBeGreaterThan(0);
  expect(run("peers.cjs", lists("cjs", others))).toEqual(imported);
});
