import { shuffle, stream } from "../random.ts";

/**
 * Which scenes a step learns from: all of them in random order, again and again.
 *
 * Every pass has a generator of its own, so a step's scenes follow from its number: nothing has to be remembered to go on.
 */
export function sceneOrder(count: number, batch: number, seed: number): (step: number) => number[] {
  const order = new Uint32Array(count);
  let pass = -1;
  const sceneAt = (position: number): number => {
    if (Math.floor(position / count) !== pass) {
      pass = Math.floor(position / count);
      for (let i = 0; i < count; i++) order[i] = i;
      shuffle(order, stream(seed, `order of pass ${pass}`));
    }
    return order[position % count]!;
  };
  return (step) => Array.from({ length: batch }, (_, i) => sceneAt(step * batch + i));
}
