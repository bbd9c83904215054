import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Peer } from "../harness.ts";
import { workerPeer } from "./worker.ts";

const folder = fileURLToPath(new URL("../../peers/c/", import.meta.url));
const built = fileURLToPath(new URL("../", import.meta.url));

let compiler: string | undefined;

function gcc(): string {
  compiler ??= spawnSync("gcc", ["-dumpfullversion"], { encoding: "utf8" }).stdout?.trim();
  if (!compiler) throw new Error("there is no gcc here (Debian: gcc libc6-dev)");
  return compiler;
}

/** Refuses instructions that this processor does not say it has. */
function need(instructions: readonly string[]): void {
  if (!existsSync("/proc/cpuinfo")) throw new Error("only Linux tells what its processor can do");
  const flags = new Set(/^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1]!.trim().split(" "));
  const missing = instructions.filter((name) => !flags.has(name));
  if (missing.length > 0) throw new Error(`this processor has no ${missing.join(", ")}`);
}

interface Build {
  readonly what: string;
  readonly source: "kernel" | "floor" | "plain";
  readonly flags: readonly string[];
  readonly needs: readonly string[];
  readonly differs?: string;
}

const native = ["-march=native", "-mprefer-vector-width=512"];
const builds: readonly Build[] = [
  // In the encoding with three operands, which is what engines of WebAssembly emit where there is AVX.
  { what: "C by hand, SSE", source: "kernel", flags: ["-mavx", "-DWIDTH=4"], needs: ["avx"] },
  { what: "C by hand, SSE and FMA", source: "kernel", flags: ["-mavx", "-mfma", "-DWIDTH=4"], needs: ["avx", "fma"] },
  { what: "C by hand, AVX2", source: "kernel", flags: ["-mavx2", "-mfma", "-DWIDTH=8"], needs: ["avx2", "fma"] },
  { what: "C by hand, AVX-512", source: "kernel", flags: ["-mavx512f", "-mfma", "-DWIDTH=16"], needs: ["avx512f", "fma"] },
  { what: "C, plain loop vectorised by the compiler", source: "plain", flags: [...native, "-ffast-math"], needs: [] },
  { what: "memory floor (two streams read, one written)", source: "floor", flags: native, needs: [], differs: "no loss at all" },
];

const c = ({ what, source, flags, needs, differs }: Build): Peer =>
  workerPeer(what, () => {
    const version = gcc(), program = `${built}${what.replace(/\W+/g, "-")}`;
    need(needs);
    const { status, stderr } = spawnSync("gcc", ["-O3", ...flags, `${folder}${source}.c`, "-o", program, "-lmvec", "-lm"], { encoding: "utf8" });
    if (status !== 0) throw new Error(`gcc ${version} cannot build it: ${stderr.trim().split("\n")[0]}`);
    return { command: program, args: [], name: `${what} (gcc ${version})` };
  }, differs);

export const cPeers: readonly Peer[] = builds.map(c);
/** The vector width that WebAssembly has. */
export const sse = cPeers[0]!;
