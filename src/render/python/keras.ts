import type { Dialect } from "./dialect.ts";

/** Keras 3, on any of its backends. A function of (y_true, y_pred), as `model.compile(loss=…)` takes it. */
export const keras: Dialect = {
  library: {
    prefix: "ops", logSigmoid: "ops.log_sigmoid",
    max: (a, b) => `ops.maximum(${a}, ${b})`,
    min: (a, b) => `ops.minimum(${a}, ${b})`,
  },
  imports: ["import math", "from keras import ops"],
  margin: [
    "def margin(logits, labels):",
    "    \"\"\"The label's logit minus the logsumexp of the others: softmax's probability of the label is its sigmoid.\"\"\"",
    "    own = ops.equal(ops.expand_dims(labels, -1), ops.arange(logits.shape[-1], dtype=labels.dtype))",
    "    others = ops.where(own, float(\"-inf\"), logits)",
    "    return ops.sum(ops.where(own, logits, 0.0), axis=-1) - ops.logsumexp(others, axis=-1)",
  ],
  helpers: [],
  settings: [],
  sigmoid: {
    arguments: "y_true, y_pred",
    about: ["y_true: targets from 0 to 1; y_pred: logits of the same shape."],
    answers: "Returns the mean over the last axis.",
    read: ["logits = ops.convert_to_tensor(y_pred)", "targets = ops.cast(y_true, logits.dtype)"],
    result: "ops.mean(loss, axis=-1)",
  },
  softmax: {
    arguments: "y_true, y_pred",
    about: ["y_true: labels, (N, ...) or (N, ..., 1); y_pred: logits, (N, ..., C)."],
    answers: "Returns one loss per label.",
    read: [
      "logits = ops.convert_to_tensor(y_pred)",
      "labels = ops.convert_to_tensor(y_true)",
      "if len(labels.shape) == len(logits.shape):",
      "    labels = ops.squeeze(labels, axis=-1)",
    ],
    result: "loss",
  },
  between: {
    about: ["y_true: any numbers from 0 to C - 1, (N, ...) or (N, ..., 1); y_pred: logits, (N, ..., C)."],
    read: ["lower = ops.minimum(ops.cast(labels, \"int32\"), logits.shape[-1] - 2)", "fraction = ops.cast(labels, logits.dtype) - ops.cast(lower, logits.dtype)"],
  },
  rival: [
    "own = ops.take_along_axis(logits, ops.expand_dims(ops.cast(labels, \"int32\"), -1), axis=-1)",
    "below = ops.where(logits < own, logits, float(\"-inf\"))",
    "p_j = ops.where(ops.any(logits < own, axis=-1), ops.sigmoid(margin(logits, ops.argmax(below, axis=-1))), 0.0)",
  ],
  batch: {
    margins: [
      "def margins(logits):",
      "    \"\"\"Each class's logit minus the logsumexp of the others, (C, examples): softmax's probabilities are its sigmoids.\"\"\"",
      "    z = ops.transpose(ops.reshape(logits, (-1, logits.shape[-1])))",
      "    is_top = ops.equal(ops.expand_dims(ops.arange(logits.shape[-1]), 1), ops.cast(ops.argmax(z, axis=0), \"int32\"))",
      "    greatest = ops.sum(ops.where(is_top, z, 0.0), axis=0)",
      "    powers = ops.where(is_top, 0.0, ops.exp(z - greatest))",
      "    others = greatest + ops.log1p(ops.maximum(ops.sum(powers, axis=0) - powers, 0.0))",
      "    return z - ops.where(is_top, ops.logsumexp(ops.where(is_top, float(\"-inf\"), z), axis=0), others)",
    ],
    softmax: [
      "u = margins(logits)",
      "t = ops.transpose(ops.one_hot(ops.cast(ops.reshape(labels, (-1,)), \"int32\"), logits.shape[-1], dtype=logits.dtype))",
    ],
    both: [
      "x, y = ops.reshape(logits, (-1,)), ops.reshape(targets, (-1,))",
      "u, t = ops.stack([-x, x]), ops.stack([1 - y, y])",
    ],
    positive: ["u, t = ops.reshape(logits, (1, -1)), ops.reshape(targets, (1, -1))"],
    sum: (text, perClass) => `ops.sum(${text}${perClass ? ", axis=1" : ""})`,
    count: { sigmoid: "ops.cast(ops.size(logits), logits.dtype)", softmax: "ops.cast(ops.size(labels), logits.dtype)" },
    classes: "u.shape[0]",
    background: "ops.convert_to_tensor([1.0] + [0.0] * (classes - 1), dtype=logits.dtype)",
    column: (list) => `ops.expand_dims(ops.convert_to_tensor(${list}, dtype=logits.dtype), 1)`,
  },
  array: (list) => `ops.convert_to_tensor(${list}, dtype=logits.dtype)`,
  at: (list, labels) => `ops.take(ops.convert_to_tensor(${list}, dtype=logits.dtype), ops.cast(${labels}, "int32"), axis=0)`,
  tiny: "1.2e-38",
  floor: "1.1e-19",
};
