/**
 * The commands of README and the pages of docs/, run one after the other in a folder as the reader has it, by the built program (`npm test`
 * builds first). What stands in a `text` block behind them must be what they print. TypeScript blocks: docs.test.ts.
 */
import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { blocksOf, documents, root } from "./docs/blocks.ts";
import { readersFolder } from "./docs/reader.ts";

/** Commands that are not run, and why. */
const notRun: Readonly<Record<string, string>> = {
  "npm ci && npm start": "installs from the network; test/package.test.ts installs what is packed",
  "npm ci && npm test": "is what runs this",
  "npx focal lab --open": "serves until it is stopped, and opens a browser; apps/cli/test/lab.test.ts starts it",
  "npx focal fit clickhouse://me@warehouse:8123/claims --table events --target fraud --sql scoring.sql": "needs a ClickHouse server; npm run test:cluster has one",
  "npx focal evaluate model.json clickhouse://me@warehouse:8123/claims --table events": "needs a ClickHouse server; npm run test:cluster has one",
  "npx focal detect compare craters": "trains dozens of detectors, even of one step each for half a minute; apps/cli/test/detect-command.test.ts compares the rivals on small pictures",
};

const fewSteps = "--network tiny --steps 2 --size 64 --batch 2", fewEpochs = "--repeats 1 --epochs 3 --hidden 8";
/** Commands that would take minutes: run with these options besides. */
const shortened: Readonly<Record<string, string>> = {
  "npx focal train data.csv --target class": fewEpochs,
  "npx focal tune data.csv --target class": `${fewEpochs} --folds 2 --gamma 2`,
  "npx focal detect train pictures/": fewSteps,
};

/** A block's commands without their comments. A line that ends in \ or within quotes goes on in the next. */
const commandsOf = (code: string): string[] =>
  (code.replaceAll("\\\n", "").match(/(?:[^'\n]|'[^']*')+/g) ?? []).map((line) => line.replace(/(^|\s+)#.*$/, "").replaceAll(/\s+/g, " ").trim()).filter((line) => line !== "");

/** How long something took is another time another number. */
const timeless = (text: string): string => text.replaceAll(/\d+\.\d s\b/g, "… s");

const pages = documents.map((document) => {
  const blocks = blocksOf(document);
  return { document, blocks: blocks.flatMap(({ language, code, line }, i) => (language !== "sh" ? [] :
    [{ line, commands: commandsOf(code), prints: blocks[i + 1]?.language === "text" ? blocks[i + 1]!.code : "" }])) };
});

describe.each(pages.filter(({ blocks }) => blocks.length > 0))("$document", ({ blocks }) => {
  let folder: string;
  beforeAll(async () => { folder = await readersFolder(); });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(blocks.filter(({ commands }) => commands.some((command) => !(command in notRun))))("the commands at line $line end well, and print what is shown", async ({ commands, prints }) => {
    let said = "";
    for (const command of commands) {
      if (command in notRun) continue;
      const { code, out } = await shell(`${command} ${shortened[command] ?? ""}`, folder);
      expect(code, `${command}\n${out}`).toBe(0);
      said += timeless(out);
    }
    let from = 0;
    for (const line of timeless(prints).split("\n").map((text) => text.trim()).filter((text) => text !== "" && text !== "…")) {
      const at = said.indexOf(line, from);
      expect(at, `“${line}” in\n${said}`).toBeGreaterThanOrEqual(0);
      from = at + line.length;
    }
  }, 120_000);
});

test("what is not run or shortened stands in the documents", () => {
  const all = pages.flatMap(({ blocks }) => blocks.flatMap(({ commands }) => commands));
  for (const command of [...Object.keys(notRun), ...Object.keys(shortened)]) expect(all).toContain(command);
});

/** As typed into a shell, but that npx does not ask a registry. */
function shell(command: string, folder: string): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${join(root, "node_modules", ".bin")}:${process.env["PATH"]}` };
    const child = spawn("sh", ["-c", `npx() { "$@"; }; ${command}`], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
    let out = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (out += String(data)));
    child.on("close", (code) => resolve({ code, out }));
  });
}
