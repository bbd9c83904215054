import { Code, i32, v128 } from "../assembler.ts";
import type { Routine } from "../assembler.ts";
import { Weaver } from "../weave.ts";

/** A function being written: addresses and counts by their names, vectors as its weaver allots them. */
export class Draft<Name extends string> {
  readonly code = new Code();
  readonly weaver: Weaver;
  /** Locals by name. */
  readonly at: Readonly<Record<Name, number>>;
  readonly #params: number;
  readonly #types: readonly number[];

  /** @param types - of what is no i32 */
  constructor(params: readonly Name[], own: readonly Name[], lockstep = 1, types: { readonly [name in Name]?: number } = {}) {
    const names = [...params, ...own];
    this.at = Object.fromEntries(names.map((name, i) => [name, i])) as Record<Name, number>;
    this.#params = params.length;
    this.#types = names.map((name) => types[name] ?? i32);
    this.weaver = new Weaver(this.code, names.length, lockstep);
  }

  routine(results: readonly number[] = []): Routine {
    const types = this.#types, own = types.slice(this.#params).map((type) => ({ count: 1, type }));
    return { params: types.slice(0, this.#params), results, code: this.code, locals: [...own, { count: this.weaver.allot() - types.length, type: v128 }] };
  }
}
