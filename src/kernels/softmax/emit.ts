import type { Loss } from "../../losses/loss.ts";
import { f32, f64, moduleOfRoutines } from "../assembler.ts";
import type { Routine } from "../assembler.ts";
import { check } from "./check.ts";
import { Draft } from "./draft.ts";
import { examples } from "./examples.ts";
import { labels } from "./labels.ts";
import { powers } from "./powers.ts";
import { groupOf } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { silence } from "./silence.ts";
import { spread } from "./spread.ts";
import { sums } from "./sums.ts";
import { rivalsGrow } from "./tables.ts";
import { weigh } from "./weigh.ts";
import { wild } from "./wild.ts";

const params = ["logits", "labels", "weights", "losses", "grad", "hessian", "scratch", "left", "stride", "outStride", "areFloats", "ignored", "scale"] as const;

/**
 * The softmax head around a loss, as a module whose `run` goes over examples in memory, group by group, each in these passes:
 *
 * - `check`: labels are classes
 * - `powers`: e^z of every logit
 * - `wild`: powers again, of a group with logits too large for that
 * - `labels`: what is the label's is set aside
 * - `silence`: of ignored examples
 * - `weigh`: powers by class, where logits are adjusted
 * - `sums`: of the rivals' powers
 * - `examples`: the loss's formulas at the margin, once per example
 * - `spread`: derivatives by every logit
 *
 * Its arguments: where arrays begin; how many examples are left, a whole number of units; in bytes, how far apart the planes of
 * logits and of derivatives are; all ones if labels are float32, and the label to ignore; the factor on derivatives. It returns
 * the sum of the losses, and traps where a label is no class.
 */
export function emitSoftmax(shape: Shape, loss: Loss): Uint8Array<ArrayBuffer> {
  const { order, classes, layout, ignoring, tables } = shape, group = groupOf(shape);
  const draft = new Draft([...params], ["examples", "total"], 1, { scale: f32, total: f64 }), { code, at } = draft;
  const passes: Routine[] = [];
  const call = (pass: Routine, ...names: (keyof typeof at)[]): void => {
    for (const name of names) code.get(at[name]);
    code.byte(0x10).unsigned(passes.push(pass) - 1);
  };
  code.turns(at.left, group, () => {
    code.get(at.left).i32(group).get(at.left).i32(group).byte(0x48).byte(0x1b).set(at.examples); // the smaller of both
    call(check(shape), "labels", "weights", "scratch", "examples", "areFloats", "ignored");
    call(powers(shape), "logits", "scratch", "examples", "stride");
    code.byte(0x04).byte(0x40); // if it left a yes
    call(wild(shape), "logits", "scratch", "examples", "stride", "labels");
    code.byte(0x0b);
    call(labels(shape), "logits", "scratch", "examples", "stride", "labels");
    if (ignoring) call(silence(shape), "scratch", "examples");
    if (tables.includes(rivalsGrow)) call(weigh(shape), "scratch", "examples");
    call(sums(shape), "scratch", "examples");
    code.get(at.total);
    call(examples(shape, loss), "scratch", "examples", "labels", "weights", "losses", "scale");
    code.byte(0xa0).set(at.total); // f64.add
    if (order > 0) call(spread(shape), "scratch", "examples", "labels", "grad", "hessian", "outStride");
    for (const name of ["logits", "grad", "hessian"] as const) code.advance(at[name], layout === "rows" ? 4 * group * classes : 4 * group);
    for (const name of ["labels", "weights", "losses"] as const) code.advance(at[name], 4 * group);
  });
  code.get(at.total);
  return moduleOfRoutines([...passes, draft.routine([f64])]);
}
