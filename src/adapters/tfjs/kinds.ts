import { batchForm, formOf, sigmoidForm, softmaxForm } from "../../forms.ts";
import type { Form } from "../../forms.ts";
import type { Head } from "../../heads/job.ts";
import type { AnyLoss } from "../../losses/loss.ts";
import type { TensorJob } from "./job.ts";
import { batchLoss } from "./ops/batch.ts";
import { pairLosses } from "./ops/pair.ts";
import { sigmoidLosses } from "./ops/sigmoid.ts";
import { softmaxLosses } from "./ops/softmax.ts";
import type { Value } from "./ops/words.ts";

/** A form, and the same in a backend's own operations. A program that names its kind carries no other. */
export interface Kind {
  readonly form: Form;
  /** The losses and, as the job's order asks, their derivatives by the logits. */
  ops(job: TensorJob): Value[];
}

export type KindOf = (loss: AnyLoss, head: Head) => Kind;

const sigmoidKind: Kind = { form: sigmoidForm, ops: sigmoidLosses };
const softmaxKind: Kind = { form: softmaxForm, ops: softmaxLosses };

/** For losses of one margin. */
export const sigmoidOnly: KindOf = () => sigmoidKind;
export const softmaxOnly: KindOf = () => softmaxKind;
export const byHead: KindOf = (_, head) => (head === "softmax" ? softmaxKind : sigmoidKind);

/** For any loss. */
export function kindOf(loss: AnyLoss, head: Head): Kind {
  if (loss.kind === "batch") return { form: batchForm(head), ops: batchLoss };
  if (loss.kind === "pair") return { form: formOf(loss, head), ops: pairLosses };
  return byHead(loss, head);
}
