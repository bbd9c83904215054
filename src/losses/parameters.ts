import { describe, FocalError } from "../errors.ts";
import type { Alpha, Parameter } from "./loss.ts";

/** A parameter's default and, where it has them, the range it must lie in. */
export interface ParameterRange {
  readonly default: number;
  readonly least?: number;
  readonly most?: number;
  /** The parameter must be greater than this. */
  readonly above?: number;
}

export type Ranges = Readonly<Record<string, number | ParameterRange>>;

export const defaultsOf = <P extends Ranges>(parameters: P): Readonly<Record<keyof P & string, number>> =>
  Object.freeze(Object.fromEntries(Object.entries(parameters).map(([key, range]) => [key, typeof range === "number" ? range : range.default]))) as Readonly<Record<keyof P & string, number>>;

/** A call's settings, checked; the defaults for what it leaves out. */
export function readSettings(name: string, parameters: Ranges, settings: Readonly<Record<string, unknown>>): Record<string, Parameter> {
  const names = Object.keys(parameters);
  if (typeof settings !== "object" || settings === null) throw new FocalError("argument", `${name} takes its settings as an object${names.length > 0 ? `, like { ${names[0]}: ${defaultsOf(parameters)[names[0]!]} }` : ""}, got ${describe(settings)}`);
  for (const key of Object.keys(settings)) {
    if (key !== "alpha" && !names.includes(key)) {
      throw new FocalError("argument", `${name} has no parameter ${key}; it has ${[...names, "alpha"].join(", ")}`);
    }
  }
  checkAlpha(settings["alpha"] as Alpha | undefined);
  return Object.fromEntries(names.map((key) => [key, checked(key, parameters[key]!, settings[key] as Parameter | undefined)]));
}

/** A parameter in its range. */
export function checked(name: string, range: number | ParameterRange, given: Parameter | undefined): Parameter {
  const { default: usual, least = -Infinity, most = Infinity, above = -Infinity } = typeof range === "number" ? { default: range } : range;
  if (given === undefined) return usual;
  const list = typeof given === "object" && given !== null && "length" in given ? Array.from(given) : undefined;
  for (const value of list ?? [given as number]) {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new FocalError("argument", `${name} must be a finite number, got ${describe(value)}`);
    if (value < least) throw new FocalError("argument", `${name} must be ≥ ${least}, got ${value}`);
    if (value > most) throw new FocalError("argument", `${name} must be ≤ ${most}, got ${value}`);
    if (value <= above) throw new FocalError("argument", `${name} must be > ${above}, got ${value}`);
  }
  return list ? Object.freeze(list) : given;
}

function checkAlpha(alpha: Alpha | undefined): void {
  if (alpha === undefined) return;
  if (typeof alpha === "number") {
    if (!(alpha >= 0 && alpha <= 1)) throw new FocalError("argument", `alpha must be in [0, 1] (positives weigh alpha, negatives 1 − alpha) or be left out for no weighting, got ${alpha}`);
    return;
  }
  if (typeof alpha !== "object" || alpha === null) throw new FocalError("argument", `alpha must be a number, an array or { uniform }, got ${describe(alpha)}`);
  const weights = "length" in alpha ? Array.from(alpha) : [alpha.uniform];
  for (const weight of weights) {
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
      throw new FocalError("argument", `alpha's weights must be finite numbers ≥ 0, got ${String(weight)}`);
    }
  }
}
