/** Focal loss of four predictions, its gradient, and why it differs from cross-entropy. */
import { criterion, crossEntropy, focal, FocalLoss } from "focal-loss";

// Two positives, two negatives: an easy one and a hard one of each.
const logits = [4, -1, -4, 1];
const targets = [1, 1, 0, 0];

// The class of the paper: α weighs positives, 1 − α negatives; γ takes from easy examples.
const focalLoss = new FocalLoss({ alpha: 0.25, gamma: 2, reduction: "mean" });
console.log(focalLoss.forward(logits, targets).toFixed(4)); // 0.1755
console.log([...focalLoss.backward()].map((g) => g.toFixed(4)).join(" ")); // -0.0000 -0.0480 0.0000 0.1440

// How much of the loss comes from the two easy examples?
const easyShare = (losses: ArrayLike<number>): string => `${((100 * (losses[0]! + losses[2]!)) / Array.from(losses).reduce((a, b) => a + b)).toFixed(2)} %`;
console.log(easyShare(criterion(crossEntropy(), { reduction: "none" }).value(logits, targets))); // 1.36 %
console.log(easyShare(criterion(focal({ gamma: 2 }), { reduction: "none" }).value(logits, targets))); // 0.00 %
