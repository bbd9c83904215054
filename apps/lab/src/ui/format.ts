/** Numbers as people read them. */

/** At most so many digits, a real minus, no exponent where it can be avoided: 0.0123, 1 200, 3.4e-9. */
export function short(value: number, digits = 3): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value), rounded = Number(value.toPrecision(digits));
  const text = size !== 0 && size < 1e-4 ? exponential(rounded) : size >= 1e9 ? exponential(rounded)
    : rounded.toLocaleString("en-GB", { maximumSignificantDigits: Math.max(digits, Math.floor(Math.log10(size || 1)) + 1), useGrouping: size >= 1e4 }).replaceAll(",", "\u202f");
  return text.replace("-", "−");
}

const exponential = (value: number): string => value.toExponential().replace("e+", "e");

/** A share as a percentage. */
export const percent = (value: number, digits = 2): string => `${short(value * 100, digits)}\u202f%`;

/** "2.5×" */
export const times = (value: number, digits = 3): string => `${short(value, digits)}×`;
