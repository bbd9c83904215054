import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { groupOf, scratchOf } from "./shape.ts";
import type { Shape } from "./shape.ts";

/** Sets each label's own logit, relative to its row's base, and its power aside, so that the powers that are left are its rivals'. */
export function labels(shape: Shape): Routine {
  const { layout, classes } = shape, { of, powers } = scratchOf(shape), rows = layout === "rows";
  const draft = new Draft(["logits", "scratch", "examples", "stride", "labels"], ["row", "power", "label"]), { code, at } = draft;
  code.get(at.scratch).set(at.row);
  code.turns(at.examples, 1, () => {
    code.get(at.labels).i32load(0).set(at.label);
    code.get(at.scratch).get(at.logits).get(at.label);
    if (rows) code.i32(2).byte(0x74);
    else code.get(at.stride).byte(0x6c);
    code.byte(0x6a).f32load(0).get(at.scratch).f32load(of.base).byte(0x93).f32store(of.own); // f32.sub
    code.get(at.row).get(at.label).i32(rows ? 4 : 4 * groupOf(shape)).byte(0x6c).byte(0x6a).set(at.power);
    code.get(at.scratch).get(at.power).f32load(powers).f32store(of.power);
    code.get(at.power).f32(0).f32store(powers);
    code.advance(at.labels, 4).advance(at.scratch, 4).advance(at.logits, rows ? 4 * classes : 4).advance(at.row, rows ? 4 * classes : 4);
  });
  return draft.routine();
}
