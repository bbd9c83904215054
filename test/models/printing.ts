/** What is printed: SQL with any names in it, curves, and the presets of other libraries. */
import fc from "fast-check";
import { criterion, focal } from "focal-loss";
import { lossCurves, valueRange, wording } from "focal-loss/plot";
import * as presets from "focal-loss/presets";
import { freePrefix, lossSql, quoteName, quoteText } from "focal-loss/sql";
import { anything, double, wild, wildName } from "./arbitraries.ts";
import { model, must, near, refusable } from "./model.ts";

const dialect = fc.constantFrom("duckdb", "clickhouse", "postgres", "trino", "spark" as const);

const sql = model("printing: a loss in SQL is the same text for every name of its columns, but for the names", 8, fc.tuple(dialect, wildName, wildName, double(0, 4)), ([tongue, logit, target, gamma]) => {
  const print = (x: string, t: string): string | undefined => refusable(() => {
    const { inputs, parts, value, slope, curvature } = lossSql(focal({ gamma }), tongue, { logit: quoteName(tongue, x), target: quoteName(tongue, t) }, { prefix: freePrefix([x, t, logit, target]) });
    return JSON.stringify([inputs, parts, value, slope, curvature]);
  });
  const inJson = (name: string): string => JSON.stringify(quoteName(tongue, name)).slice(1, -1), got = print(logit, target);
  if (got === undefined) return;
  const want = print("<x>", "<t>")!.replaceAll(inJson("<x>"), () => inJson(logit)).replaceAll(inJson("<t>"), () => inJson(target));
  must(got === want, "a name changes more than its own place");
});

/** Whether a quote that opens at the beginning closes at the end and nowhere before. */
function isOne(text: string, quote: string, escapes: boolean): boolean {
  let at = 1;
  for (; at < text.length - 1; at++) {
    if (escapes && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote || at + 1 >= text.length - 1) return false;
      at++;
    }
  }
  return text.startsWith(quote) && at === text.length - 1 && text.endsWith(quote);
}
const quoting = model("printing: a name in SQL is one quoted name, and a text one quoted text", 8, fc.tuple(dialect, wildName), ([tongue, name]) => {
  const quoted = refusable(() => quoteName(tongue, name)), text = refusable(() => quoteText(tongue, name));
  if (quoted !== undefined) must(isOne(quoted, quoted[0]!, tongue === "clickhouse"), `the name ${quoted}`);
  if (text !== undefined && text.startsWith("'")) must(isOne(text, "'", tongue === "clickhouse" || tongue === "spark"), `the text ${text}`);
});

const curves = model("printing: a curve's points are the loss's values, and its range holds them", 4, fc.tuple(double(0, 6), fc.option(double(0.01, 1), { nil: undefined }), fc.constantFrom("loss", "gradient", "factor", "curvature" as const), fc.integer({ min: 2, max: 30 })), ([gamma, alpha, what, points]) => {
  const figure = lossCurves({ gammas: [gamma], what, points, ...(alpha !== undefined && { alpha }) }), [low, high] = valueRange(figure);
  must(low < high && Number.isFinite(low) && Number.isFinite(high), `a range from ${low} to ${high}`);
  must(Object.values(wording(figure)).every((text) => text.length > 0), "no words");
  for (const { pt, value } of figure.curves[0]!.points) {
    must(Number.isFinite(value), `${what} at ${pt} is ${value}`);
    if (what === "loss" && pt > 0 && pt < 1) near(value, (alpha ?? 1) * criterion(focal({ gamma })).value([Math.log(pt) - Math.log1p(-pt)], [1]), 1e-9, 1e-12, `at ${pt}`);
  }
});

const wildCurves = model("printing: wild settings of curves are drawn or refused in a sentence", 3, fc.record({ gammas: fc.oneof(fc.array(wild, { maxLength: 3 }), anything), alpha: fc.oneof(wild, anything), what: fc.oneof(fc.constant("loss"), anything), points: fc.oneof(fc.integer({ min: -2, max: 50 }), anything) }, { requiredKeys: [] }), (options) => {
  fc.pre(!(Number(options.points) > 1e4) && !(Array.isArray(options.gammas) && options.gammas.length > 20));
  refusable(() => lossCurves(options as object));
});

type Given = Readonly<Record<string, unknown>>;
type AnyPreset = ((settings: Given) => { value(logits: Float64Array, targets: number[]): number | Float64Array }) & { readonly defaults: Given };
/** Every preset by its library and name. */
const all = Object.entries(presets).flatMap(([library, of]) => Object.entries(of as object).filter(([, preset]) => typeof preset === "function" && "defaults" in preset).map(([name, preset]) => [`${library}.${name}`, preset as AnyPreset] as const));
const byName = Object.fromEntries(all);
const answers = model("printing: presets answer or refuse in a sentence, whatever their settings", 8, fc.tuple(fc.constantFrom(...all.map(([name]) => name)), fc.array(fc.tuple(fc.nat(), fc.oneof(wild as fc.Arbitrary<unknown>, anything, fc.constantFrom("none", "mean", "sum", null, true))), { maxLength: 3 }), fc.array(double(-8, 8), { minLength: 4, maxLength: 4 })), ([name, changes, logits]) => {
  const preset = byName[name]!, names = Object.keys(preset.defaults), changed = Object.fromEntries(changes.map(([pick, value]) => [names[pick % Math.max(1, names.length)] ?? "x", value]));
  fc.pre(Object.values(changed).every((value) => !(Number(value) > 1e4)));
  const value = refusable(() => preset({ classes: 2, ...changed }).value(Float64Array.from(logits), [1, 0, 0, 1])) ?? refusable(() => preset(changed).value(Float64Array.from(logits), [1, 0, 0, 1]));
  if (value !== undefined && changes.length === 0) must((typeof value === "number" ? [value] : [...value]).every(Number.isFinite), "not finite");
});

export const printing = [sql, quoting, curves, wildCurves, answers];
