import { FocalError } from "../errors.ts";
import { LossCache } from "../losses/cache.ts";
import type { Loss } from "../losses/loss.ts";
import { Pool } from "./pool.ts";
import type { Shader } from "./shader.ts";

/** A shader, ready to be dispatched. */
export interface Program {
  readonly pipeline: GPUComputePipeline;
  readonly shader: Shader;
}

/** A device, and what was compiled and allocated on it. */
export class Gpu {
  readonly device: GPUDevice;
  readonly pool: Pool;
  /**
   * Workgroups at most: enough to fill any GPU. A processor that plays one has few cores, and each workgroup costs it a
   * millisecond. Their number depends on device and work alone, so that sums are the same on each run.
   */
  readonly groups: number;
  readonly #ofLosses = new LossCache<Program>();
  readonly #others = new Map<string, Program>();

  constructor(device: GPUDevice) {
    this.device = device;
    this.pool = new Pool(device);
    this.groups = device.adapterInfo?.isFallbackAdapter ? 32 : 1024;
  }

  /** The program of a shader, compiled when it is first needed: of a loss, or one that serves all. */
  program(loss: Loss | undefined, variant: string, make: () => Shader): Program {
    const compile = (): Program => {
      const shader = make();
      const module = this.device.createShaderModule({ code: shader.code });
      return { shader, pipeline: this.device.createComputePipeline({ layout: "auto", compute: { module, entryPoint: "main" } }) };
    };
    if (loss) return this.#ofLosses.get(loss, variant, compile);
    let found = this.#others.get(variant);
    if (!found) this.#others.set(variant, (found = compile()));
    return found;
  }

  /** Refuses arrays that the device cannot bind at once. */
  expectRoom(name: string, bytes: number): void {
    const most = Math.min(this.device.limits.maxStorageBufferBindingSize, this.device.limits.maxBufferSize);
    if (bytes > most) throw new FocalError("shape", `${name} must fit into one buffer of this GPU, ${most} bytes, got ${bytes}; call the criterion part by part`);
  }
}

/** The device given, or one of the machine's fastest adapter with all the room that it offers. */
export async function openDevice(given: GPUDevice | undefined): Promise<GPUDevice> {
  if (given !== undefined) {
    if (typeof given?.createComputePipeline !== "function") throw new FocalError("argument", "webgpu takes a GPUDevice, or nothing to open one itself");
    return given;
  }
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) throw new FocalError("engine", "there is no WebGPU here: it needs a browser that has it, on a page from https or localhost; elsewhere pass a GPUDevice, webgpu(device)");
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new FocalError("engine", "WebGPU finds no GPU on this machine that it may use: requestAdapter gave none; criterion runs everywhere");
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits;
  return adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
}
