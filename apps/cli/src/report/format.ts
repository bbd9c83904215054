import type { Metric, Summary } from "../results.ts";
import { METRICS } from "./metric.ts";

/** A number with fixed digits and a true minus sign; a dash where there is none. */
export function fixed(value: number | undefined, digits: number): string {
  if (value === undefined || !Number.isFinite(value)) return "–";
  return value.toFixed(digits).replace("-", "−");
}

/** A difference with its sign; what rounds to zero has none. */
export function signed(value: number, digits: number): string {
  const text = fixed(Math.abs(value), digits);
  if (!Number.isFinite(value) || Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

/** mean ± sd, or the mean alone where one repeat gives no spread. */
export function meanAndSpread(metric: Metric, { mean, sd }: Summary, repeats: number): string {
  const { digits } = METRICS[metric];
  return repeats > 1 && Number.isFinite(sd) ? `${fixed(mean, digits)} ± ${fixed(sd, digits)}` : fixed(mean, digits);
}

/** [low, high], or nothing where one repeat gives no interval. */
export function interval(metric: Metric, { low, high }: NonNullable<Summary["difference"]>): string {
  const { digits } = METRICS[metric];
  return low === undefined || high === undefined ? "" : `[${signed(low, digits)}, ${signed(high, digits)}]`;
}

/** difference [low, high] */
export function differenceAndInterval(metric: Metric, difference: NonNullable<Summary["difference"]>): string {
  return `${signed(difference.mean, METRICS[metric].digits)} ${interval(metric, difference)}`.trimEnd();
}

/** 58 000 */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** A share with two digits that count, as the library's verdict writes it: the same number must not stand on a page in two roundings. */
export function percent(share: number): string {
  if (!Number.isFinite(share)) return "–";
  const value = share * 100;
  if (value === 0 || value === 100) return `${value} %`;
  if (value >= 99.5) return `${Math.min(99.99, value).toFixed(2)} %`;
  return `${value >= 10 ? value.toFixed(0) : value >= 0.01 ? String(Number(value.toPrecision(2))) : "< 0.01"} %`;
}

/** 99.4, of a level 0.994 */
export function percentOf(level: number): string {
  const percent = 100 * level;
  return percent > 99.9 ? percent.toFixed(2) : percent > 95 ? percent.toFixed(1) : percent.toFixed(0);
}

/** 1 : 44 */
export function oneTo(ratio: number): string {
  return Number.isFinite(ratio) ? `1 : ${ratio < 10 ? Number(ratio.toPrecision(2)) : count(ratio)}` : "–";
}

/** "1 row", "2 rows" */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? "" : noun.endsWith("s") ? "es" : "s"}`;
}

/** Cuts a long name in the middle, where names differ least; the length is counted in characters as people see them. */
export function shorten(name: string, most: number): string {
  const letters = [...new Intl.Segmenter().segment(name)].map(({ segment }) => segment);
  if (letters.length <= most) return name;
  const head = Math.ceil((most - 1) * 0.6);
  return `${letters.slice(0, head).join("")}…${letters.slice(letters.length - (most - 1 - head)).join("")}`;
}
