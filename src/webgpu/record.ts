import type { Order } from "../losses/derive.ts";
import type { Labels } from "../losses/derive.ts";
import type { Loss } from "../losses/loss.ts";
import type { Plan } from "../options.ts";
import type { Gpu, Program } from "./gpu.ts";
import { usage } from "./pool.ts";
import { paramsBytes, scaleAt } from "./shader.ts";
import type { Params } from "./shader.ts";
import { sigmoidShader } from "./sigmoid.ts";
import type { Variant } from "./sigmoid.ts";
import { lanesOf, rowsAtOnce, softmaxShader } from "./softmax.ts";
import { divisorShader, totalShader } from "./totals.ts";
import type { Counted } from "./totals.ts";

/** One run of a loss over buffers. Everything has been checked. */
export interface GpuJob {
  readonly plan: Plan & { readonly loss: Loss };
  readonly labels: Labels;
  readonly order: Order;
  /** How many logits. */
  readonly length: number;
  readonly ignoreIndex: number | undefined;
  /** Factor on gradient, curvature and value, or what the GPU is to count and divide by. */
  readonly scale: number | Counted;
  readonly logits: GPUBuffer;
  readonly targets: GPUBuffer;
  readonly weights: GPUBuffer | undefined;
  /** Where each example's loss goes, if it is wanted; else where the sum goes: scaled, its two parts unscaled, and the scale. */
  readonly losses: GPUBuffer | undefined;
  readonly result: GPUBuffer | undefined;
  readonly grad: GPUBuffer | undefined;
  readonly hessian: GPUBuffer | undefined;
}

const groupsFor = ({ groups }: Gpu, elements: number, perGroup: number): number => Math.min(groups, Math.max(1, Math.ceil(elements / perGroup)));

/** Records a run's dispatches; returns the scratch buffers to be handed back when it is done. */
export function record(gpu: Gpu, encoder: GPUCommandEncoder, job: GpuJob): GPUBuffer[] {
  const { plan, length, scale, result } = job;
  const scratch: GPUBuffer[] = [];
  const storage = usage.storage | usage.copySource | usage.copyDestination;
  const take = (bytes: number, wanted: number): GPUBuffer => {
    const buffer = gpu.pool.take(bytes, wanted);
    scratch.push(buffer);
    return buffer;
  };
  const examples = plan.head === "softmax" ? length / plan.classes : length;
  const partials = take(8 * (gpu.groups + 1), storage);
  const counted = typeof scale === "string" ? take(16, storage) : undefined;

  const ready = runs(gpu, job).map((run) => ({ ...run, params: paramsOf(run) }));
  if (typeof scale === "string" && counted) {
    const type = plan.head === "softmax" ? "i32" : "f32", ignoring = job.ignoreIndex !== undefined;
    const program = gpu.program(undefined, `${scale} ${type} ${ignoring}`, () => divisorShader(scale, type, ignoring));
    const groups = groupsFor(gpu, examples, 16 * program.shader.size);
    dispatch(program, groups, { params: paramsOf({ first: 0, count: examples, slot: 0 }), targets: job.targets, ...(job.weights && { weights: job.weights }), partials });
    addUp("divisor", groups, counted);
    for (const { params } of ready) encoder.copyBufferToBuffer(counted, 12, params, scaleAt, 4);
  }
  const tables = plan.head === "softmax" ? tablesOf() : undefined;
  const { logits, targets, weights, losses, grad, hessian } = job;
  const buffers = { logits, targets, weights, tables, losses, grad, hessian, partials };
  for (const { program, groups, params } of ready) dispatch(program, groups, { ...buffers, params });
  if (result) addUp("losses", ready.reduce((sum, { groups }) => sum + groups, 0), result);
  return scratch;

  function paramsOf({ first, count, slot }: Pick<Params, "first" | "count" | "slot">): GPUBuffer {
    const buffer = take(64, usage.uniform | usage.copyDestination);
    const { classes, inner, alpha, offsets } = plan;
    gpu.device.queue.writeBuffer(buffer, 0, paramsBytes({
      first, count, slot, classes, inner, ignored: job.ignoreIndex ?? 0, offset: offsets[0]!, negative: alpha.negative[0]!, positive: alpha.positive[0]!,
      scale: typeof scale === "number" ? scale : 1,
    }));
    return buffer;
  }

  /** Per class: its weight, its offset in two parts, and its margin. */
  function tablesOf(): GPUBuffer {
    const { classes, alpha, offsets, loss } = plan;
    const buffer = take(16 * classes, storage);
    const rows = Array.from(offsets, (offset, k) => [alpha.positive[k]!, offset, offset - Math.fround(offset), loss.margins?.[k] ?? 0]);
    gpu.device.queue.writeBuffer(buffer, 0, Float32Array.from(rows.flat()));
    return buffer;
  }

  function addUp(of: "losses" | "divisor", count: number, to: GPUBuffer): void {
    const program = gpu.program(undefined, of, () => totalShader(of));
    const params = paramsOf({ first: 0, count, slot: 0 });
    if (of === "losses" && counted) encoder.copyBufferToBuffer(counted, 12, params, scaleAt, 4);
    dispatch(program, 1, { params, partials, result: to });
  }

  function dispatch({ pipeline, shader }: Program, groups: number, given: Readonly<Record<string, GPUBuffer | undefined>>): void {
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, gpu.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: shader.buffers.map((name, binding) => ({ binding, resource: { buffer: given[name]! } })),
    }));
    pass.dispatchWorkgroups(groups);
    pass.end();
  }
}

/** A dispatch over some of the elements. */
interface Run extends Pick<Params, "first" | "count" | "slot"> {
  readonly program: Program;
  readonly groups: number;
}

/** Rows in one go; logits four at a time, and those that are left one by one. */
function runs(gpu: Gpu, { plan, labels, order, weights, ignoreIndex, losses, length }: GpuJob): Run[] {
  const { loss, head, classes } = plan;
  const variant: Variant = { loss, labels, order, weighted: weights !== undefined, ignoring: ignoreIndex !== undefined, each: losses !== undefined };
  const key = [head, labels, order, variant.weighted, variant.ignoring, variant.each].join(" ");
  if (head === "softmax") {
    const lanes = lanesOf(classes), count = length / classes;
    const program = gpu.program(loss, `${key} ${lanes}`, () => softmaxShader(variant, lanes));
    return [{ program, first: 0, count, slot: 0, groups: groupsFor(gpu, count, rowsAtOnce(classes)) }];
  }
  const all: Run[] = [], vectors = Math.floor(length / 4);
  for (const [width, first, count] of [[4, 0, vectors], [1, 4 * vectors, length % 4]] as const) {
    if (count === 0) continue;
    const program = gpu.program(loss, `${key} ${width}`, () => sigmoidShader(variant, width));
    const slot = all[0]?.groups ?? 0;
    all.push({ program, first, count, slot, groups: groupsFor(gpu, count, program.shader.size) });
  }
  return all;
}
