/** Runs in a Node of its own, where nothing of WebGPU is global: prints what it finds as a line of JSON. */
import { criterion, focal } from "focal-loss";
import type { CriterionOptions } from "focal-loss";
import { webgpu } from "focal-loss/webgpu";
import { create } from "webgpu";
import { worst } from "./page.ts";

export interface Found {
  /** Undefined where there is no adapter. */
  readonly adapter: string | undefined;
  readonly globals: boolean;
  /** What asking for a GPU without giving one comes to. */
  readonly refusal: string;
  /** The worst relative differences from float64, from typed arrays and from buffers. */
  readonly cases: readonly { readonly name: string; readonly arrays: Record<string, number>; readonly buffers: Record<string, number> }[];
}

/** Kept here: devices of npm webgpu end in a crash once what made them is collected. */
const provider = create([]);
const storage = 128, copySource = 4, copyDestination = 8, mapRead = 1;

async function examine(device: GPUDevice): Promise<Found["cases"]> {
  const gpu = await webgpu(device);
  const upload = (array: Float32Array | Int32Array): GPUBuffer => {
    const buffer = device.createBuffer({ size: array.byteLength, usage: storage | copyDestination });
    device.queue.writeBuffer(buffer, 0, array as Float32Array<ArrayBuffer>);
    return buffer;
  };
  const download = async (buffer: GPUBuffer, length: number): Promise<Float32Array> => {
    const staging = device.createBuffer({ size: buffer.size, usage: mapRead | copyDestination }), encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, staging, 0, buffer.size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(mapRead);
    return new Float32Array(staging.getMappedRange()).slice(0, length);
  };
  const logits = Float32Array.from({ length: 3 * 343 }, (_, i) => ((i * 7919) % 2003) / 100 - 10);
  const wanted: readonly (readonly [string, CriterionOptions, ArrayLike<number>])[] = [
    ["sigmoid", {}, Float32Array.from(logits, (_, i) => (i % 5 === 0 ? 1 : 0))],
    ["softmax", { head: "softmax", classes: 3 }, Int32Array.from({ length: 343 }, (_, i) => i % 3)],
  ];
  const cases = [];
  for (const [name, options, targets] of wanted) {
    const loss = focal({ gamma: 2, ...(name === "sigmoid" && { alpha: 0.25 }) }), made = gpu.criterion(loss, options);
    const exact = criterion(loss, { ...options, engine: "js" }).derivatives(Float64Array.from(logits), targets);
    const arrays = await made.derivatives(logits, targets);
    const { value, grad, hessian } = made.encode({ logits: upload(logits), targets: upload(targets as Float32Array) }, { order: 2, hard: true, value: device.createBuffer({ size: 16, usage: storage | copySource }) });
    const buffers = { value: (await download(value, 1))[0]!, grad: await download(grad!, logits.length), hessian: await download(hessian!, logits.length) };
    cases.push({ name, arrays: worst(arrays, exact), buffers: worst(buffers, exact) });
  }
  gpu.destroy();
  return cases;
}

const adapter = await provider.requestAdapter();
const device = await adapter?.requestDevice();
const refusal = await webgpu().then(() => "opened", ({ message }: Error) => message);
const found: Found = {
  adapter: adapter ? [adapter.info.description, adapter.info.vendor].join(", ") : undefined,
  globals: "GPUBufferUsage" in globalThis || "GPUDevice" in globalThis, refusal, cases: device ? await examine(device) : [],
};
device?.destroy();
console.log(JSON.stringify(found));
process.exit();
