/** Losses on the GPU: `import { webgpu } from "focal-loss/webgpu"`. */
import type { AnyLoss } from "../losses/loss.ts";
import type { Reduction } from "../options.ts";
import { gpuCriterion } from "./criterion.ts";
import type { GpuCriterion, GpuCriterionOptions } from "./criterion.ts";
import { Gpu, openDevice } from "./gpu.ts";

export type { BufferOptions, GpuInput, GpuResults } from "./buffers.ts";
export type { GpuCallOptions, GpuCriterion, GpuCriterionOptions, GpuValue } from "./criterion.ts";

/** A GPU that losses run on. */
export interface WebGpu {
  readonly device: GPUDevice;
  /**
   * Binds a loss to a head and a reduction, as the library's `criterion` does, to run on the GPU.
   *
   * @throws FocalError `argument` for an impossible option, `engine` for what only the other engines run
   */
  criterion<const R extends Reduction = "mean">(loss: AnyLoss, options?: GpuCriterionOptions<R>): GpuCriterion<R>;
  /** Frees the buffers that are kept between calls, and the device if it was opened here. */
  destroy(): void;
}

/**
 * Opens a GPU for losses: one fused pass for value, gradient and Hessian, sums in a fixed order.
 *
 * For logits that are on the GPU already, and for a page whose main thread has other things to do: answers come as
 * promises, or stay on the GPU (`encode`). Arithmetic is float32 with polynomials of its own, since the built-in exp
 * and log lose up to 1e-4; value and gradient are within 1e-6 (γ = 5: 1.5e-6; softmax 2e-6), the Hessian within 3e-6,
 * for logits up to ±100. Sums carry two float32, 1e-7 at 1e7 terms. The same inputs give the same bits.
 *
 * @param device - yours, to share its buffers; default: the machine's fastest adapter
 * @throws FocalError `engine` where there is no WebGPU or no adapter
 *
 * @example
 * const gpu = await webgpu();
 * const loss = gpu.criterion(focal({ gamma: 2, alpha: 0.25 }), { reduction: "sum" });
 * (await loss.valueAndGrad(Float32Array.of(0, 0), [1, 0])).value;   // 0.1732868…
 *
 * @see https://www.w3.org/TR/webgpu/
 */
export async function webgpu(device?: GPUDevice): Promise<WebGpu> {
  const gpu = new Gpu(await openDevice(device));
  return {
    device: gpu.device,
    criterion: (loss, options = {}) => gpuCriterion(gpu, loss, options),
    destroy() {
      gpu.pool.destroy();
      if (device === undefined) gpu.device.destroy();
    },
  };
}
