/** A search for inputs that take new ways through a parser, by V8's own coverage. */
import { Session } from "node:inspector";
import fc from "fast-check";
import { damaged, damages } from "../../test/models/parsers.ts";
import type { Parser } from "../../test/models/parsers.ts";

interface Range { readonly startOffset: number; readonly endOffset: number; readonly count: number }
interface Script { readonly url: string; readonly functions: readonly { readonly ranges: readonly Range[] }[] }

export interface Search {
  readonly cases: number;
  /** Inputs that went where none before them did, those to begin from among them. */
  readonly corpus: number;
  /** Ways through functions that were met. */
  readonly ways: number;
  readonly failure?: { readonly text: string; readonly error: unknown };
}

const LONGEST = 4000;

/** Damages inputs, keeps those that go a new way, and damages these further, for so many cases or until one fails. */
export async function guided({ files, corpus, read }: Parser, cases: number, seed: number): Promise<Search> {
  const session = new Session(), reached = new Set<string>();
  session.connect();
  const post = <T>(method: string, params?: object): Promise<T> => new Promise((resolve, reject) => session.post(method, params, (error, result) => (error ? reject(error) : resolve(result as T))));
  /** Whether what ran since the last time went a way that is new. */
  const isNew = async (): Promise<boolean> => {
    const { result } = await post<{ result: readonly Script[] }>("Profiler.takePreciseCoverage"), before = reached.size;
    for (const { url, functions } of result) {
      if (!files.test(url)) continue;
      // A function's way is told by the parts of it that did not run.
      for (const { ranges } of functions) if (ranges[0]!.count > 0) reached.add(`${url} ${ranges[0]!.startOffset}: ${ranges.filter(({ count }) => count === 0).map(({ startOffset }) => startOffset).join(" ")}`);
    }
    return reached.size > before;
  };
  const kept = [...corpus], mutations = fc.sample(fc.tuple(fc.nat(), damages), { numRuns: cases, seed });
  try {
    await post("Profiler.enable");
    await post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
    for (const text of kept) await read(text);
    await isNew();
    for (const [at, [pick, list]] of mutations.entries()) {
      // Every other time one of the latest finds: what has just opened is where there is more.
      const text = damaged(kept[at % 2 === 0 ? pick % kept.length : kept.length - 1 - (pick % Math.min(8, kept.length))]!, list).slice(0, LONGEST);
      try {
        await read(text);
      } catch (error) {
        return { cases: at + 1, corpus: kept.length, ways: reached.size, failure: { text, error } };
      }
      if (await isNew()) kept.push(text);
    }
    return { cases, corpus: kept.length, ways: reached.size };
  } finally {
    await post("Profiler.stopPreciseCoverage");
    session.disconnect();
  }
}
