/** The losses in jax-js: as functions beside optax's, and for any loss of the family. */
export { sigmoidFocalLoss, softmaxFocalLoss } from "./functions.ts";
export type { FocalOptions } from "./functions.ts";
export { jaxLoss } from "./loss.ts";
export type { ArrayLoss, JaxOptions } from "./loss.ts";
