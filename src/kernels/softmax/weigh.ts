import type { Routine } from "../assembler.ts";
import { Draft } from "./draft.ts";
import { groupOf, scratchOf, vectorsOf } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { rivalsGrow } from "./tables.ts";

/** Weights every class's powers. A row's last vector hangs over into the next, by ones. */
export function weigh(shape: Shape): Routine {
  const { classes, layout } = shape, { powers, tables, tableBytes } = scratchOf(shape), rows = layout === "rows";
  const draft = new Draft(["scratch", "examples"], ["row", "at", "table", "left"]), { code, at } = draft;
  const from = tables + tableBytes * shape.tables.indexOf(rivalsGrow), pitch = rows ? 16 : 4 * groupOf(shape);
  code.get(at.scratch).set(at.row);
  code.turns(at.examples, rows ? 1 : 4, () => {
    code.get(at.row).set(at.at).get(at.scratch).set(at.table).i32(rows ? vectorsOf(classes).count : classes).set(at.left).turns(at.left, 1, () => {
      code.get(at.at).get(at.at).memory("v128.load", powers).get(at.table).memory(rows ? "v128.load" : "v128.load32_splat", from).vec("f32x4.mul").memory("v128.store", powers);
      code.advance(at.at, pitch).advance(at.table, rows ? 16 : 4);
    });
    code.advance(at.row, rows ? 4 * classes : 16);
  });
  return draft.routine();
}
