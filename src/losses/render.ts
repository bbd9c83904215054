import { FocalError } from "../errors.ts";
import { sym, symbolsOf } from "../expr/expr.ts";
import type { Expr } from "../expr/expr.ts";
import { toFloat32 } from "../expr/float32.ts";
import { fold } from "../expr/fold.ts";
import { js } from "../targets/js.ts";
import { tex } from "../targets/tex.ts";
import { Listing } from "../targets/wasm.ts";
import type { Instruction } from "../targets/wasm.ts";
import { wgslFunction, words } from "../targets/wgsl.ts";
import { derive } from "./derive.ts";
import type { AnyLoss, Language, Loss } from "./loss.ts";

const printers: Readonly<Record<Language, (loss: Loss) => string>> = {
  tex: renderTex,
  js: renderJs,
  wasm: renderWasm,
  wgsl: renderWgsl,
};

/** The loss in another language. `tex` is the formula as written, the others are the stable form that runs. */
export function render(loss: AnyLoss, language: Language): string {
  const print = Object.hasOwn(printers, language) ? printers[language] : undefined;
  if (!print) throw new FocalError("argument", `language must be ${Object.keys(printers).join(", ")}, got ${JSON.stringify(language)}`);
  if (loss.kind === "margin" || loss.kind === "score") return print(loss);
  if (language === "tex") return renderTex(loss);
  throw new FocalError("argument", `${loss.name} is no function of one margin: language must be tex, got ${JSON.stringify(language)}`);
}

function renderTex(loss: AnyLoss): string {
  const written = fold(loss.formula, tex).text;
  if (loss.kind === "margin") {
    const listed = (values: readonly number[]): string => `(${values.map((value) => Number(value.toPrecision(4))).join(", ")})`;
    const margin = loss.margins ? `, \\quad p_t = \\sigma(x_t - \\Delta_y), \\; \\Delta = ${listed(loss.margins)}` : "";
    return `${written}${margin}${loss.offsets ? `, \\quad \\text{of the logits plus } ${listed(loss.offsets)}` : ""}`;
  }
  if (loss.kind !== "batch") return written;
  const sums = Object.entries(loss.sums).map(([name, term]) => `${fold(sym(name), tex).text} = \\sum ${fold(term, tex).text}`);
  return `${written}, \\quad ${sums.join(", \\; ")}`;
}

const by = ({ kind, offsets }: Loss): string =>
  kind === "margin" ? `the margin u = logit of the true class${offsets ? `, of logits with ${offsets.map((offset) => Number(offset.toPrecision(4))).join(", ")} added` : ""}` : "the logit u, for a target w";
const results = ["value", "slope", "curvature"];

function derivatives(loss: Loss): { exprs: Expr[]; inputs: string[] } {
  const exprs = derive(loss, loss.kind === "margin" ? "hard" : "score", 2);
  return { exprs, inputs: ["u", ...[...symbolsOf(...exprs)].filter((name) => name !== "u").sort()] };
}

function renderJs(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  const { statements, values } = js(exprs, (name) => name);
  return [
    `/** ${loss.name}: value, slope and curvature by ${by(loss)}. */`,
    `function ${loss.name}(${inputs.join(", ")}) {`,
    ...statements.map((statement) => `  ${statement}`),
    `  return { ${results.map((name, i) => `${name}: ${values[i]}`).join(", ")} };`,
    "}",
  ].join("\n");
}

/** The instructions over four float32 lanes, one a line; without the head, the loop and the memory around them. */
function renderWasm(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  const listing = new Listing();
  const symbols = Object.fromEntries(inputs.map((name, i) => [name, listing.emit("param", [], i)]));
  const values = listing.formulas(toFloat32(exprs), symbols);
  return [
    `;; ${loss.name}: ${results.join(", ")} by ${by(loss)}, four float32 lanes at a time`,
    ...listing.instructions.map(({ op, args, immediate }, r) => `$${r} = ${op}${[...args.map((arg) => `$${arg}`), ...operand(op, immediate)].map((text) => ` ${text}`).join("")}`),
    ...values.map((register, i) => `${results[i]} = $${register}`),
  ].join("\n");

  function operand(op: Instruction["op"], immediate: number): string[] {
    if (op === "param") return [inputs[immediate]!];
    if (op === "v128.const") return [`i32x4 0x${(immediate >>> 0).toString(16).padStart(8, "0")} ;; ${new Float32Array(Int32Array.of(immediate).buffer)[0]}`];
    return op.includes(".sh") ? [String(immediate)] : [];
  }
}

/** A function to put into a shader of one's own, beside the few functions that it is written in. */
function renderWgsl(loss: Loss): string {
  const { exprs, inputs } = derivatives(loss);
  return [
    `// ${loss.name}: ${results.join(", ")} by ${by(loss)}, in float32 with polynomials of its own.`,
    "// Float, Int and Bits may as well be vec4f, vec4i and vec4u. zero must be bound to a 0: the compiler, which cannot",
    "// know it, then leaves alone what rounding took away and is needed again.",
    "@group(0) @binding(0) var<uniform> zero: u32;",
    words(1, "zero"),
    wgslFunction(loss.name, inputs, toFloat32(exprs), { struct: "Derivatives", names: results }),
  ].join("\n");
}
