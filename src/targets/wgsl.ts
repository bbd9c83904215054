import type { Expr } from "../expr/expr.ts";
import { fold } from "../expr/fold.ts";
import type { BitTarget } from "../expr/fold.ts";

/**
 * What printed formulas are written in: `Float` is one float32 or four side by side, and each word that looks
 * into bits is a function.
 *
 * A GPU's compiler may fuse and reorder sums as if float32 were exact, and a − (a − b), which here is what
 * rounding took away, becomes b. `kept` stops it: it changes bits by `zero`, which is 0, but which the compiler
 * cannot know to be.
 *
 * @param zero - WGSL for a u32 that is 0 when the shader runs, read from a buffer
 */
export const words = (width: 1 | 4, zero: string): string => `
alias Float = ${width === 1 ? "f32" : "vec4f"};
alias Int = ${width === 1 ? "i32" : "vec4i"};
alias Bits = ${width === 1 ? "u32" : "vec4u"};
fn kept(x: Float) -> Float { return bitcast<Float>(bitcast<Bits>(x) ^ Bits(${zero})); }
fn fromBits(bits: u32) -> Float { return Float(bitcast<f32>(bits ^ ${zero})); }
fn power2(x: Float) -> Float { return bitcast<Float>(bitcast<Bits>(x) << Bits(23u)); }
fn head(x: Float) -> Float { return bitcast<Float>(bitcast<Bits>(x) & Bits(0xfffff000u)); }
fn exponent(x: Float) -> Float { return Float(Int((bitcast<Bits>(x) >> Bits(23u)) & Bits(0xffu)) - Int(127)); }
fn significand(x: Float) -> Float { return bitcast<Float>((bitcast<Bits>(x) & Bits(0x7fffffu)) | Bits(0x3f800000u)); }
`.trim();

/** The float32 nearest to a number. WGSL has no literal for what is not finite. */
function literal(value: number): string {
  const single = Math.fround(value);
  if (Number.isFinite(single)) return `Float(${single}f)`;
  return `fromBits(0x${(new Uint32Array(Float32Array.of(single).buffer)[0]!).toString(16)}u)`;
}

/**
 * Prints formulas that `toFloat32` has lowered as the statements of a WGSL function, in the words of {@link words}:
 * one `let` per shared part, and the name or literal of each formula's value.
 *
 * What a difference is taken of is `kept` as it was rounded; everything else may be fused.
 *
 * `symbol` says how a symbol is read in the surrounding code.
 */
export function wgsl(exprs: readonly Expr[], symbol: (name: string) => string): { statements: string[]; values: string[] } {
  const made: { readonly name: string; readonly code: string; readonly rounds: boolean }[] = [];
  const subtracted = new Set<string>();
  const define = (code: string, rounds = false): string => {
    const name = `v${made.length}`;
    made.push({ name, code, rounds });
    return name;
  };
  const target: BitTarget<string> = {
    num: literal,
    sym: symbol,
    neg: (a) => define(`-${a}`),
    add: (a, b) => define(`${a} + ${b}`, true),
    sub(a, b) {
      subtracted.add(a).add(b);
      return define(`${a} - ${b}`, true);
    },
    mul: (a, b) => define(`${a} * ${b}`, true),
    div: (a, b) => define(`${a} / ${b}`, true),
    abs: (a) => define(`abs(${a})`),
    // The built-in max and min may lose a NaN.
    max: (a, b) => define(`select(${a}, ${b}, ${a} < ${b})`),
    min: (a, b) => define(`select(${a}, ${b}, ${b} < ${a})`),
    select: (c, a, b) => define(`select(${b}, ${a}, ${c} >= Float(0))`),
    sqrt: (a) => define(`sqrt(${a})`),
    power2: (a) => define(`power2(${a})`),
    head: (a) => define(`head(${a})`),
    exponent: (a) => define(`exponent(${a})`),
    significand: (a) => define(`significand(${a})`),
  };
  const memo = new Map<Expr, string>();
  const values = exprs.map((expr) => fold(expr, target, memo));
  const statements = made.map(({ name, code, rounds }) => `let ${name} = ${rounds && subtracted.has(name) ? `kept(${code})` : code};`);
  return { statements, values };
}

/** A WGSL function of formulas that `toFloat32` has lowered: one result, or a `struct` with the names given. */
export function wgslFunction(name: string, inputs: readonly string[], exprs: readonly Expr[], results: { readonly struct: string; readonly names: readonly string[] } | undefined): string {
  const { statements, values } = wgsl(exprs, (symbol) => symbol);
  return [
    ...(results ? [`struct ${results.struct} { ${results.names.map((field) => `${field}: Float`).join(", ")} }`] : []),
    `fn ${name}(${inputs.map((input) => `${input}: Float`).join(", ")}) -> ${results?.struct ?? "Float"} {`,
    ...statements.map((statement) => `  ${statement}`),
    `  return ${results ? `${results.struct}(${values.join(", ")})` : values[0]};`,
    "}",
  ].join("\n");
}
