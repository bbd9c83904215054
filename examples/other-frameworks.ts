/** A loss of one's own for people who train elsewhere: written once here, printed as a PyTorch function, exported as ONNX. */
import { defineLoss } from "focal-loss";
import { log, mul, neg, pow, sub } from "focal-loss/expr";
import { toOnnx } from "focal-loss/onnx";
import { render } from "focal-loss/render";

const mine = defineLoss("mine", { tau: 1.5 }, ({ pt, tau }) => mul(pow(sub(1, pt), tau), neg(log(pt))));

const source = render(mine, "pytorch"); // save it as mine.py; "keras" prints functions of (y_true, y_pred)
console.log(source.split("\n").find((line) => line.startsWith("def sigmoid"))); // def sigmoid_mine(logits, targets, *, tau=1.5, alpha=None, reduction="mean"):

const model = toOnnx(mine(), { head: "softmax", classes: 10, gradient: true }); // save it as mine.onnx: logits (N × 10), targets (N) → loss, grad (N × 10)
console.log(`an ONNX model of less than ${Math.ceil(model.length / 10_000) * 10} kB`); // an ONNX model of less than 10 kB
