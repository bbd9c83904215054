export { choice, choices, flag, number, numbers, text, whole } from "./field.ts";
export type { Field, Range } from "./field.ts";
export { resetState, sectionState } from "./section.svelte.ts";
export type { State } from "./section.svelte.ts";
