import type { Candidate, Row } from "./harness.ts";
import { plain } from "./peers/plain.ts";
import type { Problem } from "./problems.ts";

/** Float32 sums drift with their length in some libraries: by more than 1 % at ten million losses. */
const tolerance = (n: number): number => (n > 1e6 ? 0.02 : 1e-3);

/** No candidate is timed for another result: compares losses with those of a plain loop in float64. */
export async function checkLosses(problem: Problem, rows: readonly Row[], candidates: readonly Candidate[]): Promise<void> {
  const { loss } = await (await plain.prepare(problem)).run(1);
  for (const row of rows) {
    if (candidates.find(({ name }) => name === row.name)?.differs) continue;
    if (!(Math.abs(row.loss / loss - 1) < tolerance(problem.logits.length))) throw new Error(`${row.name} returned ${row.loss} where a plain loop returned ${loss}`);
  }
}
