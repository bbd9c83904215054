import type { Criterion, Reduction } from "../criterion.ts";
import { expectOptions, FocalError } from "../errors.ts";

/** Where libraries part ways, in a few words each: the columns of docs/presets.md. */
export interface Conventions {
  /** What the scores are, and which squashing they go through. */
  readonly scores: string;
  /** One target per logit, or a label per row; what counts as background and what is left out. */
  readonly targets: string;
  /** Which side α weighs, and how it is switched off. */
  readonly alpha: string;
  /** How a target between 0 and 1 is read, and how labels are smoothed. */
  readonly soft: string;
  /** In which order losses are added up and divided. */
  readonly reduction: string;
  /** Where the library's own numbers are wrong and the preset's are not. */
  readonly errors: string;
}

/** What a preset says about itself. */
export interface About {
  readonly library: string;
  /** The call as the library spells it. */
  readonly name: string;
  readonly reference: string;
  /** The library's options, in camelCase, with its defaults. */
  readonly defaults: { readonly reduction: string };
  /** Options that must be given: without a default there, or the shape, which a flat array does not tell. */
  readonly needs: readonly string[];
  /** Further options, off unless given. */
  readonly also: readonly string[];
  /** The library's words for what becomes of the losses. */
  readonly reductions: readonly string[];
  readonly conventions: Conventions;
}

/** How a criterion answers: an array where the library reduces nothing, else a number. */
type Answers<R> = R extends "none" ? "none" : Exclude<Reduction, "none">;
/** What a caller gives: options that have a default may be left out. */
type Given<S, D> = Omit<S, keyof D> & Partial<Pick<S, keyof S & keyof D>>;
type Arguments<G, R> = object extends G ? [settings?: G & { readonly reduction?: R }] : [settings: G & { readonly reduction?: R }];

/** Makes criteria that answer as a call of another library does, and says what that library's conventions are. */
export type Preset<A extends About, S> = A & (<const R extends A["reductions"][number] = A["defaults"]["reduction"]>(...settings: Arguments<Given<Omit<S, "reduction">, A["defaults"]>, R>) => Criterion<Answers<R>>);

/** A preset from the facts about a call and what makes its criterion from the settled options. */
export function preset<const A extends About, S extends { readonly reduction: A["reductions"][number] }>(about: A, make: (settings: S) => Criterion<Reduction>): Preset<A, S> {
  const { name, ...facts } = about;
  const known = [...about.needs, ...Object.keys(about.defaults), ...about.also];
  const call = (given: object = {}): Criterion<Reduction> => {
    expectOptions(name, given);
    const unknown = Object.keys(given).find((key) => !known.includes(key));
    if (unknown !== undefined) throw new FocalError("argument", `${name} has no option ${unknown} here; it has ${known.join(", ")}`);
    const missing = about.needs.find((key) => (given as Record<string, unknown>)[key] === undefined);
    if (missing !== undefined) throw new FocalError("argument", `${name} needs ${missing} here, which has no default`);
    const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
    const settings = { ...about.defaults, ...said } as unknown as S;
    if (!about.reductions.includes(settings.reduction)) {
      throw new FocalError("argument", `reduction must be ${about.reductions.map((r) => `"${r}"`).join(", ")}, got ${JSON.stringify(settings.reduction)}`);
    }
    return make(settings);
  };
  Object.defineProperty(call, "name", { value: name, enumerable: true });
  return Object.freeze(Object.assign(call, facts)) as unknown as Preset<A, S>;
}

/** α as an option of the loss, or nothing where the library means none. */
export const weighing = (alpha: number | null): { readonly alpha?: number } => (alpha === null || alpha < 0 ? {} : { alpha });
