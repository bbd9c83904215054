import { calibrate, decide } from "focal-loss/evaluate";
import { predict, type Model } from "focal-loss/train";
import type { SavedModel } from "./saved.ts";

/** What a model says of each row. */
export interface Scores {
  /** rows × classes: the network's own sigmoid or softmax. */
  readonly raw: Float32Array;
  /** rows × classes: probabilities, after recovery and calibration. */
  readonly probabilities: Float64Array;
  /** The class by the tuned threshold or multipliers. */
  readonly predicted: Int32Array;
  /** The class of the highest raw score: what the network decides as it was trained. */
  readonly predictedArgmax: Int32Array;
}

/** Scores encoded rows. */
export function score(model: Pick<SavedModel, "layers" | "classes" | "calibration" | "decision">, x: Float32Array, rows: number): Scores {
  const classes = model.classes.length;
  const raw = predict(networkOf(model), x, rows);
  const probabilities = calibrate(raw, classes, model.calibration);
  return { raw, probabilities, predicted: decide(probabilities, classes, model.decision), predictedArgmax: decide(raw, classes) };
}

function networkOf({ layers, classes }: Pick<SavedModel, "layers" | "classes">): Model {
  return { layers, head: layers.at(-1)!.outputs === 1 ? "sigmoid" : "softmax", features: layers[0]!.inputs, classes: classes.length };
}
