import { boxes } from "./boxes.ts";
import { calls } from "./calls.ts";
import { damage } from "./parsers.ts";
import { formulas } from "./formulas.ts";
import { losses } from "./losses.ts";
import { metrics } from "./metrics.ts";
import { printing } from "./printing.ts";
import type { Model } from "./model.ts";

export type { Model } from "./model.ts";
/** Every model, in the order in which a number of the library would meet what they are about. */
export const models: readonly Model[] = [...losses, ...calls, ...metrics, ...boxes, ...formulas, ...printing, ...damage];
