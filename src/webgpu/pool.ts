/** WebGPU's own numbers for what a buffer is for; outside browsers there may be no `GPUBufferUsage`. */
export const usage = { mapRead: 1, copySource: 4, copyDestination: 8, uniform: 64, storage: 128 } as const;

/** Idle buffers that are kept for the next call. */
const kept = 16;

/** Buffers that calls hand back when they are done, so that the next one of the same shape allocates nothing. */
export class Pool {
  readonly #device: GPUDevice;
  #idle: GPUBuffer[] = [];

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(bytes: number, wanted: number): GPUBuffer {
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    const at = this.#idle.findIndex((buffer) => buffer.size === size && buffer.usage === wanted);
    return at >= 0 ? this.#idle.splice(at, 1)[0]! : this.#device.createBuffer({ size, usage: wanted });
  }

  give(buffers: readonly GPUBuffer[]): void {
    this.#idle.push(...buffers);
    for (const oldest of this.#idle.splice(0, Math.max(0, this.#idle.length - kept))) oldest.destroy();
  }

  destroy(): void {
    for (const buffer of this.#idle) buffer.destroy();
    this.#idle = [];
  }
}
