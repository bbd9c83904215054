import type { Loss } from "../../losses/loss.ts";
import type { Plan } from "../../options.ts";
import type { Tensor } from "./scope.ts";

/** What differs by class, along the axis of classes; a number where it does not. */
export type Tables = Readonly<Record<string, Tensor>>;

/** Parameters that a loss was given a list of. */
export const listsOf = ({ parameters }: Loss): [string, readonly number[]][] =>
  Object.entries(parameters).filter((entry): entry is [string, readonly number[]] => typeof entry[1] === "object");

/** Whether a plan's classes are an axis of their own, the first one. */
export const hasClassAxis = ({ head, loss }: Pick<Plan, "head" | "loss">): boolean => head === "softmax" || loss.kind === "batch";

/** What a plan says by class: weights, offsets, parameters, and the classes themselves. */
export function tablesOf({ loss, head, alpha, offsets, perColumn, classes }: Plan): Record<string, number | Float32Array> {
  const byClass: (readonly [string, ArrayLike<number>])[] = [
    ["positive", alpha.positive], ["negative", alpha.negative], ["offsets", offsets],
    ...(perColumn && (loss.kind === "margin" || loss.kind === "score") ? listsOf(loss) : []),
    ...(head === "softmax" && loss.kind === "margin" && loss.margins ? [["margins", loss.margins] as const] : []),
    ...(hasClassAxis({ head, loss }) ? [["columns", Array.from({ length: head === "softmax" ? classes : 2 }, (_, k) => k)] as const] : []),
  ];
  return Object.fromEntries(byClass.map(([name, values]) =>
    [name, Array.prototype.every.call(values, (value) => value === values[0]) ? values[0]! : Float32Array.from(values)]));
}
