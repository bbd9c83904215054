/**
 * Writes the golden values beside this file: `npm run goldens`, about four minutes; name files to write only those.
 *
 * `definitions/` says what the losses are, a second time and independent of the library; `tables/` where they
 * are looked at; `decimal.ts` how derivatives follow from a definition alone.
 */
import { writeFileSync } from "node:fs";
import { answer } from "./definitions/index.ts";
import type { Entry } from "./entry.ts";
import * as batch from "./tables/batch.ts";
import * as focal from "./tables/focal.ts";
import * as margin from "./tables/margin.ts";
import * as score from "./tables/score.ts";
import * as transform from "./tables/transform.ts";

const files: Readonly<Record<string, readonly Entry[]>> = {
  "batch-sigmoid": batch.sigmoid,
  "batch-softmax": batch.softmax,
  "focal-sigmoid-hard": focal.hard,
  "focal-sigmoid-soft": focal.soft,
  "focal-softmax": focal.softmax,
  "margin-interpolate": margin.interpolate,
  "margin-mixture": margin.mixture,
  "margin-quality": margin.quality,
  "margin-sigmoid": margin.hard,
  "margin-smoothed": margin.smoothed,
  "margin-softmax": margin.softmax,
  "row-softmax": score.row,
  "score-hard": score.hard,
  "score-soft": score.soft,
  "transform-sigmoid": transform.sigmoid,
  "transform-softmax": transform.softmax,
};

const only = process.argv.slice(2);
for (const [name, entries] of Object.entries(files)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const start = performance.now();
  const lines = entries.map((entry) => JSON.stringify(answer(entry)));
  writeFileSync(new URL(`${name}.json`, import.meta.url), `[\n${lines.join(",\n")}\n]\n`);
  console.log(`${name}.json: ${entries.length} tables, ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
