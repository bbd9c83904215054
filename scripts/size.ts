/** `npm run size`: the budgets of files and bundles, and how much of each is used. */
import { bundleOf, BUNDLES, FOLDERS, LINES, median, sourcesOf } from "../test/size/budgets.ts";

let over = 0;
const line = (what: string, used: number, limit: number, more = ""): void => {
  if (used > limit) over++;
  console.log(`${used > limit ? "over" : " ok "}  ${what.padEnd(50)}${String(used).padStart(6)} of ${String(limit).padStart(6)}  ${more}`);
};

for (const folder of FOLDERS) {
  const sources = sourcesOf(folder);
  line(`${folder}: lines of the middle file`, median(sources), LINES.median, `${sources.length} files, ${sources.reduce((sum, { lines }) => sum + lines, 0)} lines`);
  line(`${folder}: lines of the longest`, sources[0]!.lines, LINES.file, sources.slice(0, 3).map(({ file, lines }) => `${file} ${lines}`).join(", "));
}
line("src/expr: lines in all", sourcesOf("src/expr").reduce((sum, { lines }) => sum + lines, 0), LINES.language);
for (const [text, limit, goal] of BUNDLES) {
  const { bytes, parts } = await bundleOf(text);
  line(text, bytes, limit, `bytes gzipped, the goal is ${goal}; largest before: ${parts.slice(0, 3).map((part) => part.join(" ")).join(", ")}`);
}
process.exitCode = over > 0 ? 1 : 0;
