import type { Field } from "../state/index.ts";

/** The parameters of a formula of the reader's own, as the address keeps them: `gamma:2,beta:1`. */
export const values: Field<Readonly<Record<string, number>>> = {
  usual: {},
  write: (given) => Object.entries(given).map(([name, value]) => `${name}:${Number(value.toPrecision(7))}`).join(","),
  read(text) {
    const pairs = text === "" ? [] : text.split(",").map((pair) => /^([A-Za-z]\w*):(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(pair));
    if (pairs.length > 20 || pairs.some((pair) => pair === null)) return undefined;
    return Object.fromEntries(pairs.map((pair) => [pair![1]!, Number(pair![2])]));
  },
};
