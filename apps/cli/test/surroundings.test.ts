/** The program where nothing is as it should be: one clear sentence, exit code 1, nothing lost; and no difference where there should be none. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { checkpointFile } from "../src/experiment/checkpoint.ts";
import { bin, focalIn } from "./process.ts";
import type { Ended } from "./process.ts";
import { blobs, focal } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal surroundings "));
const at = (...names: string[]): string => join(folder, ...names);
writeFileSync(at("data.csv"), blobs(200));
const linear = (data: string, out: string): string[] => ["train", data, "--target", "verdict", "--hidden", "none", "--repeats", "1", "--out", out];
/** What went wrong, in one sentence. */
function refused({ code, err }: Pick<Ended, "code" | "err">, sentence: RegExp): void {
  expect(err.trim().split("\n").at(-1)).toMatch(sentence);
  expect([code, err.match(/^focal: /gm)?.length]).toEqual([1, 1]);
  expect(err).not.toMatch(/^\s+at /m);
}

/** A file system of its own, where this user may mount one. */
function mount(name: string, options: string): string | undefined {
  mkdirSync(at(name));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", at(name)], { stdio: "ignore" });
    return at(name);
  } catch {
    console.error(`\n*** NOT TESTED: ${name}. A small file system cannot be mounted by this user. ***\n`);
    return undefined;
  }
}
const full = mount("full", "size=64k"), readOnly = mount("read-only", "size=64k,ro");
afterAll(() => {
  for (const mounted of [full, readOnly]) if (mounted !== undefined) execFileSync("umount", [mounted]);
  rmSync(folder, { recursive: true });
});

describe.skipIf(full === undefined)("a full disk", () => {
  test("half-way: what was found stays as a checkpoint, and --resume ends it once there is room", async () => {
    refused(await focalIn(linear(at("data.csv"), join(full!, "out"))), /^focal: cannot write ".*": the disk is full$/);
    expect(readdirSync(join(full!, "out")).filter((name) => name.startsWith("."))).toEqual([]); // no halves
    execFileSync("mount", ["-o", "remount,size=4m", full!]);
    expect(await focalIn([...linear(at("data.csv"), join(full!, "out")), "--resume"])).toMatchObject({ code: 0 });
    expect(readdirSync(join(full!, "out")).sort()).toEqual(["metrics.json", "model.json", "model.onnx", "predictions.parquet", "report.html"]);
  });

  test("a checkpoint that finds no room says so, and the one before it stays whole", () => {
    const checkpoint = checkpointFile<{ data: Uint8Array }>(join(full!, "checkpoint"), "train", "print");
    checkpoint.save({ data: new Uint8Array(1000) });
    expect(() => checkpoint.save({ data: new Uint8Array(5_000_000) })).toThrow(/cannot write ".*checkpoint": the disk is full; the checkpoint before it is whole, and --resume goes on from there$/);
    expect(checkpoint.load().data).toHaveLength(1000);
    expect(readdirSync(full!)).not.toContain("checkpoint.new");
  });

  test("from the start", async () => {
    expect(() => writeFileSync(join(full!, "fill"), new Uint8Array(5_000_000))).toThrow("ENOSPC");
    refused(await focalIn(["render", "focal", "--to", "tex", "--out", join(full!, "x.tex")]), /^focal: cannot write ".*x\.tex": the disk is full$/);
    refused(await focalIn(linear(at("data.csv"), join(full!, "other"))), /^focal: out must be a folder to write to, but ".*other" cannot be: the disk is full$/);
  });
});

test.skipIf(readOnly === undefined)("a folder on a read-only file system is refused before any work", async () => {
  for (const out of [readOnly!, join(readOnly!, "deeper")]) refused(await focalIn(linear(at("data.csv"), out)), /^focal: out must be a folder to write to, but ".*" cannot be: its file system is read-only$/);
});

test.skipIf(process.getuid?.() === 0)("a folder that this user may not write to is refused before any work (root may write everywhere: not tested then)", async () => {
  mkdirSync(at("closed"));
  chmodSync(at("closed"), 0o500);
  refused(await focalIn(linear(at("data.csv"), at("closed"))), /cannot be: permission denied$/);
});

test.skipIf(!existsSync("/dev/full"))("results printed to a full device are not lost without a word", async () => {
  const { code, err } = await new Promise<{ code: number | null; err: string }>((resolve) => {
    const child = spawn("/bin/sh", ["-c", '"$0" "$1" render focal --to tex > /dev/full', process.execPath, bin], { stdio: ["ignore", "ignore", "pipe"] });
    let err = "";
    child.stderr.on("data", (data) => (err += String(data)));
    child.on("close", (code) => resolve({ code, err }));
  });
  expect([code, err]).toEqual([1, "focal: cannot print the results: the disk is full\n"]);
});

/** Runs a line of shell in which $F is the program. */
const shell = (line: string): string => execFileSync("/bin/bash", ["-c", `F() { "${process.execPath}" "${bin}" "$@"; }; ${line}`], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

test("a reader that has seen enough is no mistake", () => {
  expect(shell("F render asymmetric --to pytorch | head -1; echo ${PIPESTATUS[@]}")).toBe("import torch\n0 0\n");
  expect(shell(`F render focal --to tex | true; echo \${PIPESTATUS[0]}`)).toBe("0\n");
});

test("closed input, output and errors: exit codes stay what they are", () => {
  expect(shell("F render focal --to tex <&-")).toContain("\\alpha_t");
  expect(shell("F render focal --to tex >&-; echo $?")).toBe("0\n");
  expect(shell("F render focl --to tex 2>&-; echo $?")).toBe("1\n");
});

test("a pipe has no name that says its format, which is told in a sentence", async () => {
  refused(await focalIn(linear("/dev/stdin", at("piped")), { input: blobs(50) }), /cannot tell the format of "\/dev\/stdin", expected \.csv/);
  expect(existsSync(at("piped"))).toBe(false);
});

describe("the same bytes", () => {
  const numbers = (out: string): unknown => JSON.parse(readFileSync(join(out, "metrics.json"), "utf8"), (key, value: unknown) => (["seconds", "date", "command"].includes(key) ? undefined : value));
  const run = async (out: string, environment: NodeJS.ProcessEnv, data = at("data.csv")): Promise<string> => {
    const { code, out: said, err } = await focalIn(linear(data, out), { env: environment });
    expect(code, err).toBe(0);
    return said.replaceAll(out, "OUT");
  };

  test("without HOME, with a dumb terminal, where decimals have commas, far east of here, and in folders with spaces and beyond ASCII", async () => {
    const said = await run(at("plain"), { PATH: process.env["PATH"], HOME: folder });
    expect(said).toMatch(/0\.\d+/);
    const strange = at("Größe – 大小 & 'co' 🦊");
    mkdirSync(strange);
    writeFileSync(join(strange, "dätä 1.csv"), blobs(200));
    for (const [name, environment, data] of [
      ["no home", { PATH: process.env["PATH"] }, at("data.csv")],
      ["dumb", { PATH: process.env["PATH"], TERM: "dumb", COLUMNS: "0" }, at("data.csv")],
      ["german", { PATH: process.env["PATH"], LANG: "de_DE.UTF-8", LC_ALL: "de_DE.UTF-8", LC_NUMERIC: "de_DE.UTF-8", TZ: "Pacific/Kiritimati" }, at("data.csv")],
      ["ö 漢", { PATH: process.env["PATH"], LANG: "C" }, join(strange, "dätä 1.csv")],
    ] as const) {
      const out = join(strange, name), told = await run(out, environment, data);
      if (name !== "ö 漢") expect(told).toBe(said);
      expect(readFileSync(join(out, "model.onnx")).equals(readFileSync(join(at("plain"), "model.onnx"))), name).toBe(true);
      if (name !== "ö 漢") expect(numbers(out)).toEqual(numbers(at("plain")));
    }
  });
});

describe("two runs in one folder", () => {
  test("the second is refused while the first works, and may begin when it is done", async () => {
    mkdirSync(at("taken"));
    const other = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
    writeFileSync(at("taken", ".running"), String(other.pid));
    const ended = new Promise((resolve) => other.on("exit", resolve));
    try {
      refused(await focal(...linear(at("data.csv"), at("taken"))), new RegExp(`^focal: another run \\(process ${other.pid}\\) is working in ".*taken": wait for it, or name another folder with --out$`));
    } finally {
      other.kill("SIGKILL");
      await ended;
    }
    expect((await focal(...linear(at("data.csv"), at("taken")))).code).toBe(0);
    expect(readdirSync(at("taken"))).not.toContain(".running");
  });

  test("what a killed run or a stray hand has left there stops nobody", async () => {
    mkdirSync(at("stale"));
    for (const left of ["999999999", "no number", ""]) {
      writeFileSync(at("stale", ".running"), left);
      expect((await focal(...linear(at("data.csv"), at("stale")))).code).toBe(0);
    }
  });
});
