/** A model: a question to random cases, with an answer that is known in a second, slower or simpler way. */
import fc from "fast-check";
import { FocalError } from "focal-loss";

export interface Model {
  readonly name: string;
  /** Its share of all cases beside those of the others: what takes long asks for less. */
  readonly share: number;
  readonly property: fc.IRawProperty<unknown>;
}

/** @param holds - throws where the library is wrong */
export const model = <T>(name: string, share: number, arbitrary: fc.Arbitrary<T>, holds: (value: T) => void): Model =>
  ({ name, share, property: fc.property(arbitrary, holds) as unknown as fc.IRawProperty<unknown> });

/** A model whose answers take their time. */
export const asyncModel = <T>(name: string, share: number, arbitrary: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Model =>
  ({ name, share, property: fc.asyncProperty(arbitrary, holds) as unknown as fc.IRawProperty<unknown> });

export function must(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

/** Within so much of the number wanted, or equal: NaN is equal to NaN. */
export function near(got: number, want: number, relative: number, absolute = 0, what = ""): void {
  must(Object.is(got, want) || Math.abs(got - want) <= relative * Math.abs(want) + absolute || got === want, `${what} ${got} should be ${want}`);
}

/** What a call answers, or undefined where it refuses: by one sentence and no other error. */
export function refusable<T>(call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof FocalError)) throw error;
    must(error.message.length > 0 && !error.message.includes("\n") && !/undefined is not|cannot read prop/i.test(error.message), `no clear sentence: ${error.message}`);
    return undefined;
  }
}

/** The same for a call that takes its time. */
export const refusableLater = async <T>(call: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await call();
  } catch (error) {
    return refusable(() => { throw error; });
  }
};
