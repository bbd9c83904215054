/** The commands of docs/databases.md, run one after the other as a reader would: they print what the page says, but for seconds. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { focalIn } from "./process.ts";

const page = readFileSync(new URL("../../../docs/databases.md", import.meta.url), "utf8"), blocks = (kind: string): string[] => [...page.matchAll(new RegExp(`\`\`\`${kind}\\n(.*?)\`\`\``, "gs"))].map((match) => match[1]!);
const timeless = (text: string): string => text.trim().replace(/in \d+\.\d s/, "in … s");

test("docs/databases.md: each command prints what stands under it", async () => {
  const folder = mkdtempSync(join(tmpdir(), "focal databases "));
  try {
    for (const block of blocks("sh")) execFileSync("sh", ["-c", block], { cwd: folder });
    const commands = blocks("text").flatMap((block) => block.split(/^\$ npx focal /m).slice(1));
    expect(commands.length).toBeGreaterThan(0);
    for (const said of commands) {
      const [command, ...lines] = said.split("\n"), { code, out } = await focalIn(command!.split(" "), { cwd: folder });
      expect(code, command).toBe(0);
      expect(timeless(out)).toBe(timeless(lines.join("\n")));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
