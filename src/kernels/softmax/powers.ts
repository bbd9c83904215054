import { sym } from "../../expr/expr.ts";
import { expOf } from "../../expr/float32.ts";
import { Listing } from "../../targets/wasm.ts";
import type { Register } from "../../targets/wasm.ts";
import { i32 } from "../assembler.ts";
import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { groupOf, scratchOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Up to this size logits are tame: their powers, and sums of them, are normal float32 numbers whatever else a row holds. */
export const tame = 64;
export const bitsOf = (value: number): number => new Int32Array(Float32Array.of(value).buffer)[0]!;
export const withoutSign = 0x7fffffff;

/**
 * The powers e^z of a group's logits, all alike, whatever row they are of: what is tame needs no look at its rivals. Says
 * whether something is not, or is no number at all; looked at in the same loop, for whoever waits for memory has time.
 */
export function powers(shape: Shape): Routine {
  const { layout, classes } = shape, lockstep = 4;
  const draft = new Draft(["logits", "scratch", "examples", "stride"], ["from", "to", "left", "planes"], lockstep), { code, at, weaver } = draft;
  const listing = new Listing(), z = listing.emit("v128.load"), [power] = listing.formulas([expOf(sym("z"))], { z }) as [Register];
  const size = listing.emit("v128.and", [z, listing.bits(withoutSign)]);
  weaver.prepare(listing, [power, size]);
  const largest = weaver.allot(), bound = weaver.constant(bitsOf(tame));
  const overLogits = (): void => void code.turns(at.left, 4 * lockstep, () => {
    const local = weaver.write(listing, [power, size], { param: () => 0, load: (_, s) => code.get(at.from).memory("v128.load", 16 * s) });
    for (let s = 0; s < lockstep; s++) {
      code.get(at.to).get(local(power, s)).memory("v128.store", 16 * s);
      code.get(largest).get(local(size, s)).vec("i32x4.max_s").set(largest);
    }
    code.advance(at.from, 16 * lockstep).advance(at.to, 16 * lockstep);
  });
  code.get(at.scratch).i32(scratchOf(shape).powers).byte(0x6a).set(at.to).get(at.logits).set(at.from);
  if (layout === "rows") {
    code.get(at.examples).i32(classes).byte(0x6c).set(at.left);
    overLogits();
  } else {
    code.i32(classes).set(at.planes).turns(at.planes, 1, () => {
      code.get(at.examples).set(at.left);
      overLogits();
      code.get(at.logits).get(at.stride).byte(0x6a).set(at.logits).get(at.logits).set(at.from);
      code.get(at.to).i32(groupOf(shape)).get(at.examples).byte(0x6b).i32(2).byte(0x74).byte(0x6a).set(at.to);
    });
  }
  code.get(largest).get(bound).vec("i32x4.gt_s").vec("v128.any_true");
  return draft.routine([i32]);
}
