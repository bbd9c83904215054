/** A golden table's loss; apart from what reads files, so that a page can make it too. */
import * as library from "focal-loss";
import type { Loss } from "focal-loss";
import type { Entry } from "./entry.ts";

type Family = (settings: object) => Loss;
type Transformer = (loss: Loss, counts: readonly number[], options?: object) => Loss;
const byName = library as unknown as Readonly<Record<string, unknown>>;

/** The loss of a table, by its name. */
export function lossOf({ loss, settings, transform }: Entry): Loss {
  const plain = (byName[loss] as Family)(settings);
  return transform ? (byName[transform.name] as Transformer)(plain, transform.counts, transform.options) : plain;
}
