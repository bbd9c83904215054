import { readAddress, writeAddress } from "./address.svelte.ts";
import type { Field } from "./field.ts";

type Fields = Readonly<Record<string, Field<any>>>; // any: a field of any type; State gives each its own back
export type State<F extends Fields> = { -readonly [name in keyof F]: F[name] extends Field<infer T> ? T : never };

/**
 * The state of a section: an object whose properties are read and written as any others, are followed by whatever reads them,
 * and stand in the page's address where they differ from the default.
 *
 * @example
 * const state = sectionState("curve", { gamma: number(2, { least: 0, most: 10 }), what: choice("loss", ["loss", "gradient"]) });
 * state.gamma = 3;   // …?curve.gamma=3
 */
export function sectionState<const F extends Fields>(section: string, fields: F): State<F> {
  const state = {};
  for (const [name, field] of Object.entries(fields)) {
    const key = `${section}.${name}`, usual = field.write(field.usual);
    const value = $derived.by(() => {
      const said = readAddress(key);
      return said === undefined ? field.usual : field.read(said) ?? field.usual;
    });
    Object.defineProperty(state, name, {
      enumerable: true,
      get: () => value,
      set(next: unknown) {
        const written = field.write(next);
        if (field.read(written) === undefined) return; // not a value of this field: what was there stays
        writeAddress(key, written === usual ? undefined : written);
      },
    });
  }
  return state as State<F>;
}

/** Puts a section back to its defaults. */
export function resetState(state: Record<string, unknown>, fields: Fields): void {
  for (const [name, field] of Object.entries(fields)) state[name] = field.usual;
}
