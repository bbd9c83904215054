/** kill -9 at random points: what goes on with --resume ends as if it had never been interrupted, to the byte of its models. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { randomNumbers } from "focal-loss/train";
import sharp from "sharp";
import { focalIn } from "./process.ts";
import { blobs } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "focal killed "));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (...names: string[]): string => join(folder, ...names);
writeFileSync(at("data.csv"), blobs(300));

/** Results without when and how long. */
function timeless(file: string): unknown {
  const timeOf = ["seconds", "date", "command", "machine", "versions"];
  return JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) => (timeOf.includes(key) ? undefined : value));
}

/** Runs a command whole; then again, killed three times at random points; and compares what both have left. */
async function endsAlike(args: readonly string[], seed: number, numbers: string): Promise<void> {
  const random = randomNumbers(seed), [whole, killed] = ["whole", "killed"].map((name) => at(`${numbers} ${seed} ${name}`)) as [string, string];
  const start = performance.now();
  expect(await focalIn([...args, "--out", whole])).toMatchObject({ code: 0 });
  const lasted = performance.now() - start, points: number[] = [];
  const resume = (): string[] => (existsSync(join(killed, "checkpoint")) ? ["--resume"] : []);
  for (let kill = 0; kill < 3; kill++) {
    points.push(Math.round(lasted * (0.2 + 0.7 * random())));
    await focalIn([...args, "--out", killed, ...resume()], { killAfter: points.at(-1)! });
  }
  const { code, err } = await focalIn([...args, "--out", killed, ...resume()]);
  expect(code, `killed after ${points.join(", ")} ms of ${Math.round(lasted)}: ${err}`).toBe(0);
  const files = readdirSync(whole).sort();
  // A file that was being written when the process died may be left under its temporary name.
  expect(readdirSync(killed).filter((file) => !file.startsWith(".") && file !== "checkpoint.new").sort()).toEqual(files);
  for (const file of files.filter((file) => /^model\.|parquet$/.test(file))) expect(readFileSync(join(killed, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
  expect(timeless(join(killed, numbers))).toEqual(timeless(join(whole, numbers)));
}

test("focal train", () => endsAlike(["train", at("data.csv"), "--target", "verdict", "--hidden", "8", "--epochs", "25", "--repeats", "3"], 1, "metrics.json"));

test("focal tune", () => endsAlike(["tune", at("data.csv"), "--target", "verdict", "--hidden", "8", "--epochs", "10", "--folds", "2", "--repeats", "1", "--gamma", "0,2", "--alpha", "none"], 2, "tune.json"));

test("focal detect train", async () => {
  mkdirSync(at("pictures"));
  const square = await sharp({ create: { width: 16, height: 16, channels: 3, background: "#f00" } }).png().toBuffer(), boxes: object[] = [];
  for (let i = 0; i < 10; i++) {
    const [left, top] = [(i * 7) % 48, (i * 13) % 48];
    writeFileSync(at("pictures", `${i}.png`), await sharp({ create: { width: 64, height: 64, channels: 3, background: "#00f" } }).composite([{ input: square, left, top }]).png().toBuffer());
    boxes.push({ image_id: i, category_id: 1, bbox: [left, top, 16, 16] });
  }
  const images = Array.from({ length: 10 }, (_, i) => ({ id: i, file_name: `${i}.png`, width: 64, height: 64 }));
  writeFileSync(at("pictures", "boxes.json"), JSON.stringify({ images, annotations: boxes, categories: [{ id: 1, name: "square" }] }));
  await endsAlike(["detect", "train", at("pictures"), "--steps", "12", "--batch", "2", "--network", "tiny"], 3, "metrics.json");
});
