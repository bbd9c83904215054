/** Runs in the page: what is asked of it comes and goes as plain data. */
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { add, getBackend, matMul, memory, ones, randomNormal, reshape, scalar, setBackend, tensor1d, train, valueAndGrad, variable, zeros } from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { sigmoidFocalLoss, softmaxFocalLoss } from "focal-loss/tfjs";

export { answersOf } from "./answers.ts";
export { trainLayers } from "./training.ts";

/** Asks for a backend; says which one is at work. */
export async function use(backend: string): Promise<string> {
  await setBackend(backend);
  return getBackend();
}

/** Which of these γ have a value or a gradient that is not finite at these logits. */
export async function notFinite(gammas: readonly number[], logits: readonly number[]): Promise<string[]> {
  const found: string[] = [], labels = logits.map((_, i) => (i < logits.length / 2 ? 1 : 0));
  for (const gamma of gammas) {
    const heads = {
      sigmoid: (x: Tensor) => sigmoidFocalLoss(labels, x, { gamma }) as Scalar,
      softmax: (x: Tensor) => softmaxFocalLoss(labels.filter((_, i) => i % 2), reshape(x, [-1, 2]), { gamma }) as Scalar,
    };
    for (const [head, loss] of Object.entries(heads)) {
      const { value, grad } = valueAndGrad(loss)(tensor1d([...logits]));
      if (![...await value.data(), ...await grad.data()].every(Number.isFinite)) found.push(`${head}, γ = ${gamma}`);
    }
  }
  return found;
}

/** What so many steps of an optimizer leave behind, after the first. */
export async function leftBySteps(steps: number): Promise<{ tensors: number; bytes: number }> {
  const x = randomNormal([32, 3], 0, 1, "float32", 5), labels = ones([32, 1]), weights = variable(zeros([3, 1])), bias = variable(scalar(0)), optimizer = train.sgd(0.1);
  const step = (): void => optimizer.minimize(() => sigmoidFocalLoss(labels, add(matMul(x as never, weights as never), bias)) as Scalar, true)!.dispose();
  step();
  const { numTensors, numBytes } = memory();
  for (let i = 0; i < steps; i++) step();
  await bias.data();
  return { tensors: memory().numTensors - numTensors, bytes: memory().numBytes - numBytes };
}
