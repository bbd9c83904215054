import { Code, i32, moduleOf } from "../assembler.ts";
import { forSharedMemory } from "../sharedMemory.ts";

/** A module whose `run(to, from, bytes)` copies within a shared memory. */
export function copyModule(): WebAssembly.Module {
  const memoryCopy = [0xfc, 10, 0, 0];
  const code = new Code().get(0).get(1).get(2).raw(memoryCopy).get(2);
  return new WebAssembly.Module(forSharedMemory(moduleOf([i32, i32, i32], i32, [], code)));
}
