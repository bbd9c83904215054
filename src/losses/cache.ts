import type { AnyLoss } from "./loss.ts";

/** What was made from losses, by loss and variant; it goes when the loss goes. */
export class LossCache<T> {
  readonly #byLoss = new WeakMap<AnyLoss, Map<string, T>>();

  get(loss: AnyLoss, variant: string, make: () => T): T {
    let variants = this.#byLoss.get(loss);
    if (!variants) this.#byLoss.set(loss, (variants = new Map()));
    let found = variants.get(variant);
    if (found === undefined) variants.set(variant, (found = make()));
    return found;
  }
}
