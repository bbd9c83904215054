import { sigmoidHead } from "../heads/sigmoid.ts";
import { softmaxHead } from "../heads/softmax.ts";
import type { Kernel } from "../heads/job.ts";

export type Head = "sigmoid" | "softmax";

/** Plain JavaScript, float64 arithmetic whatever the arrays hold. Runs everything, everywhere. */
export const cpu: Readonly<Record<Head, Kernel>> = { sigmoid: sigmoidHead, softmax: softmaxHead };
