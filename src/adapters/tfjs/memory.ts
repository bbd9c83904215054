import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";

/** The numbers of a float32, int32 or bool tensor. */
export type Numbers = Float32Array | Int32Array | Uint8Array;

/** Tensors whose numbers this thread can reach where they lie. */
export interface Memory {
  /** A new float32 tensor, its numbers undefined. */
  make(shape: number[]): TensorInfo;
  /** A tensor's own numbers; a view of a heap lasts until the heap grows, as it may at the next `make`. */
  view(tensor: TensorInfo): Numbers;
  /** The heap that all of them lie in, if kernels can run there. */
  readonly heap: Heap | undefined;
}

/** A heap and room in it that is ours for good. */
export interface Heap {
  readonly memory: WebAssembly.Memory;
  /** The address of `bytes` bytes, a multiple of 16. */
  room(bytes: number): number;
}

/** What is used of tfjs's cpu backend; internal to it, though unchanged for years. */
interface CpuBackend extends KernelBackend {
  readonly data: { get(id: object): { values: Numbers } };
  makeTensorInfo(shape: number[], dtype: "float32", values: Float32Array): TensorInfo;
}

/** What is used of tfjs's wasm backend; internal to it, too. */
interface WasmBackend extends KernelBackend {
  readonly wasm: { readonly asm: object; readonly HEAPU8: Uint8Array; _malloc(bytes: number): number };
  makeOutput(shape: number[], dtype: "float32"): TensorInfo;
  getMemoryOffset(id: object): number;
  typedArrayFromHeap(tensor: TensorInfo): Numbers;
}

const ofCpu = (backend: CpuBackend): Memory => ({
  make: (shape) => backend.makeTensorInfo(shape, "float32", new Float32Array(shape.reduce((a, b) => a * b, 1))),
  view: ({ dataId }) => backend.data.get(dataId).values,
  heap: undefined,
});

function ofWasm(backend: WasmBackend): Memory {
  const { wasm } = backend;
  const memory = Object.values(wasm.asm).find((part): part is WebAssembly.Memory => part instanceof WebAssembly.Memory && part.buffer === wasm.HEAPU8.buffer);
  const align = (address: number): number => Math.ceil(address / 16) * 16;
  return {
    make: (shape) => backend.makeOutput(shape, "float32"),
    view(tensor) {
      // Fetches a tensor of another backend; typedArrayFromHeap would do so with the heap of before in its hands.
      backend.getMemoryOffset(tensor.dataId);
      return backend.typedArrayFromHeap(tensor);
    },
    heap: memory && { memory, room: (bytes) => align(wasm._malloc(bytes + 16) >>> 0) },
  };
}

/** Makes a tensor, writes and reads it: whether a backend's internals are what they are taken for. */
function works(memory: Memory, backend: KernelBackend): boolean {
  const tensor = memory.make([2]);
  memory.view(tensor).set([1, 0.5]);
  const right = memory.view(tensor) instanceof Float32Array && memory.view(tensor).join() === "1,0.5";
  backend.disposeData(tensor.dataId as object);
  return right;
}

const known = new WeakMap<KernelBackend, Memory | null>();

/** The memory of a backend that keeps its tensors where this thread can reach them; null for others. */
export function memoryOf(name: string, backend: KernelBackend): Memory | null {
  if (name !== "cpu" && name !== "wasm") return null;
  let memory = known.get(backend);
  if (memory !== undefined) return memory;
  try {
    memory = name === "cpu" ? ofCpu(backend as CpuBackend) : ofWasm(backend as WasmBackend);
    if (!works(memory, backend)) memory = null;
  } catch {
    memory = null;
  }
  if (memory === null || (name === "wasm" && !memory.heap)) {
    console.warn(`focal-loss: the ${name} backend of this TensorFlow.js is not built as the one of 4.22, so losses ${memory ? "are copied into memory of their own" : "run in its own operations"}: slower, with the same results${memory ? "" : " within 1e-5"}.`);
  }
  known.set(backend, memory);
  return memory;
}
