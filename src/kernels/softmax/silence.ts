import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { groupOf, scratchOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Whatever an ignored example holds must not turn up in the results, not even as 0 · NaN: it becomes one of equal logits. */
export function silence(shape: Shape): Routine {
  const { classes, layout } = shape, { of, powers } = scratchOf(shape), rows = layout === "rows";
  const draft = new Draft(["scratch", "examples"], ["row", "at", "left"]), { code, at } = draft;
  code.get(at.scratch).set(at.row);
  code.turns(at.examples, 1, () => {
    code.get(at.scratch).i32load(of.ignored).byte(0x04).byte(0x40); // if
    for (const [name, value] of [["own", 0], ["power", 1], ["shift", 0]] as const) code.get(at.scratch).f32(value).f32store(of[name]);
    code.get(at.row).set(at.at).i32(classes).set(at.left).turns(at.left, 1, () => {
      code.get(at.at).f32(1).f32store(powers).advance(at.at, rows ? 4 : 4 * groupOf(shape));
    });
    code.byte(0x0b).advance(at.row, rows ? 4 * classes : 4).advance(at.scratch, 4);
  });
  return draft.routine();
}
