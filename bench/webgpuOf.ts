/** `node webgpuOf.js N`: value and gradient on the GPU that npm webgpu finds in this environment, beside copies on it. One line of JSON, or a reason. */
import { criterion, focal } from "focal-loss";
import { webgpu } from "focal-loss/webgpu";
import { alpha, sigmoidProblem } from "./problems.ts";

/** Bytes read and written for each logit: of logit, target and gradient; of a float32 copied. */
const bytes = { "value and gradient": 12, "copy of a buffer": 8 } as const;

export interface GpuTiming {
  readonly name: keyof typeof bytes;
  readonly n: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly bytesPerSecond: number;
}
export interface GpuAnswer {
  readonly adapter: string;
  /** A processor that plays a GPU. */
  readonly software: boolean;
  readonly timings: readonly GpuTiming[];
}

/** Kept here: devices of npm webgpu end in a crash once what made them is collected. */
let provider: GPU | undefined;

async function measure(most: number): Promise<GpuAnswer> {
  const { create } = await import("webgpu").catch(() => { throw new Error("npm webgpu is not installed, or has no build for this machine"); });
  provider = create([]);
  const adapter = await provider.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) throw new Error("WebGPU finds no adapter here (Linux: a Vulkan driver and libvulkan1, or Chromium, which brings a GPU made of software)");
  const { maxBufferSize, maxStorageBufferBindingSize } = adapter.limits, { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const device = await adapter.requestDevice({ requiredLimits: { maxBufferSize, maxStorageBufferBindingSize } });
  const n = Math.min(most, Math.floor(maxStorageBufferBindingSize / 16) * 4), { logits, targets } = sigmoidProblem(n);
  const gpu = await webgpu(device), loss = focal({ gamma: 2, alpha }), made = gpu.criterion(loss, { reduction: "sum" });

  const storage = 128, copySource = 4, copyDestination = 8, mapRead = 1;
  const buffer = (size: number, usage = storage | copySource | copyDestination): GPUBuffer => device.createBuffer({ size, usage });
  const input = { logits: buffer(4 * n), targets: buffer(4 * n) }, output = { value: buffer(16), grad: buffer(4 * n) };
  device.queue.writeBuffer(input.logits, 0, logits as Float32Array<ArrayBuffer>);
  device.queue.writeBuffer(input.targets, 0, targets as Float32Array<ArrayBuffer>);
  const ways: Record<GpuTiming["name"], (encoder: GPUCommandEncoder) => void> = {
    "value and gradient": (encoder) => void made.encode(input, { encoder, hard: true, ...output }),
    "copy of a buffer": (encoder) => encoder.copyBufferToBuffer(input.logits, 0, output.grad, 0, 4 * n),
  };
  /** Seconds of one of so many, all recorded before the first begins. */
  const turn = async (name: GpuTiming["name"], times: number): Promise<number> => {
    const encoder = device.createCommandEncoder();
    for (let i = 0; i < times; i++) ways[name](encoder);
    const commands = encoder.finish();
    await device.queue.onSubmittedWorkDone();
    const start = performance.now();
    device.queue.submit([commands]);
    await device.queue.onSubmittedWorkDone();
    return (performance.now() - start) / 1e3 / times;
  };

  const names = Object.keys(ways) as GpuTiming["name"][], seconds = new Map<string, number[]>();
  const times = new Map<string, number>();
  for (const name of names) {
    await turn(name, 1);
    times.set(name, Math.max(1, Math.min(200, Math.round(0.1 / await turn(name, 1)))));
  }
  for (let round = 0; round < 11; round++) for (const name of names) seconds.set(name, [...(seconds.get(name) ?? []), await turn(name, times.get(name)!)]);

  // The last that was written is a copy: the value is still that of the losses.
  await turn("value and gradient", 1);
  const staging = buffer(16, mapRead | copyDestination), encoder = device.createCommandEncoder();
  encoder.copyBufferToBuffer(output.value, 0, staging, 0, 16);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(1);
  const value = new Float32Array(staging.getMappedRange())[0]!, want = criterion(loss, { reduction: "sum" }).value(logits, targets);
  if (!(Math.abs(value / want - 1) < 1e-5)) throw new Error(`the GPU's sum is ${value}, the processor's ${want}`);

  return {
    adapter: [...new Set([description, vendor, architecture].filter(Boolean))].join(", "), software: isFallbackAdapter || architecture === "swiftshader",
    timings: names.map((name) => {
      const sorted = seconds.get(name)!.sort((a, b) => a - b), median = sorted[sorted.length >> 1]!;
      return { name, n, median, low: sorted[sorted.length >> 2]!, high: sorted[(3 * sorted.length) >> 2]!, bytesPerSecond: (bytes[name] * n) / median };
    }),
  };
}

try {
  console.log(JSON.stringify(await measure(Number(process.argv[2]))));
} catch (error) {
  console.log((error as Error).message);
  process.exitCode = 1;
}
process.exit();
