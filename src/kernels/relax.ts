import { Listing } from "../targets/wasm.ts";
import type { Register } from "../targets/wasm.ts";
import { countUses } from "./weave.ts";

/**
 * The same listing with products fused into the sums that alone read them: a·b + c as one instruction, which machines with
 * such an instruction round once. Says where each register of the old one is.
 *
 * A product that is read elsewhere too is left alone, so that what rounding took from it stays what it was taken for.
 */
export function relax(listing: Listing, results: readonly (Register | undefined)[]): { listing: Listing; moved: readonly Register[] } {
  const uses = countUses(listing, results), relaxed = new Listing(), moved: Register[] = [];
  for (const { op, args, immediate } of listing.instructions) {
    const isProduct = (r: Register): boolean => listing.instructions[r]!.op === "f32x4.mul" && uses[r] === 1;
    const factors = (r: Register): Register[] => listing.instructions[r]!.args.map((arg) => moved[arg]!);
    const [a, b] = args as [Register, Register];
    moved.push(
      op === "f32x4.add" && isProduct(b) ? relaxed.emit("f32x4.relaxed_madd", [...factors(b), moved[a]!])
        : op === "f32x4.add" && isProduct(a) ? relaxed.emit("f32x4.relaxed_madd", [...factors(a), moved[b]!])
        : op === "f32x4.sub" && isProduct(b) ? relaxed.emit("f32x4.relaxed_nmadd", [...factors(b), moved[a]!])
        : relaxed.emit(op, args.map((arg) => moved[arg]!), immediate),
    );
  }
  return { listing: relaxed, moved };
}

/** A module of one f32x4.relaxed_madd: engines without it refuse it. */
const probe = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 0, 32, 0, 253, 133, 2, 11);

let known: boolean | undefined;

/** Whether this engine has relaxed SIMD. */
export const hasRelaxedSimd = (): boolean => (known ??= WebAssembly.validate(probe));
