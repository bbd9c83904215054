/** One table of the golden files: a loss, how it is set, what goes in. */
import type { Settings } from "./definitions/margin.ts";
import type { Transform } from "./definitions/transform.ts";

export interface Entry {
  /** The loss's name in the library. */
  readonly loss: string;
  readonly settings: Settings;
  readonly transform?: Transform;
  readonly head: "sigmoid" | "softmax";
  readonly classes?: number;
  readonly options?: { readonly soft?: "interpolate" | "mixture" | "quality"; readonly smoothing?: number };
  readonly logits: readonly number[];
  readonly targets: readonly number[];
}

/** With its answers: of each example, or of the whole batch where the loss is one number. */
export interface Golden extends Entry {
  readonly value: number | null | readonly (number | null)[];
  readonly grad: readonly (number | null)[];
  readonly hessian: readonly (number | null)[];
}
