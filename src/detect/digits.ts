import { FocalError } from "../errors.ts";

/** Handwritten digits of 8 × 8 pixels. */
export interface Digits {
  /** 64 of each digit, row by row: 0 (paper) … 16 (ink). */
  readonly pixels: Uint8Array;
  /** Which digit each is, 0 … 9. */
  readonly labels: Uint8Array;
}

/**
 * Digits from a table: one a line, 64 pixels and the label, separated by commas.
 *
 * @param csv - as in examples/data/digits.csv.gz, unpacked
 * @throws FocalError `data` for a line that is no digit
 *
 * @example
 * const { labels } = readDigits(gunzipSync(readFileSync("examples/data/digits.csv.gz")).toString());   // 1797 of them
 */
export function readDigits(csv: string): Digits {
  const lines = csv.split(/\r?\n/).filter((line) => line.trim() !== "");
  const pixels = new Uint8Array(64 * lines.length), labels = new Uint8Array(lines.length);
  lines.forEach((line, i) => {
    const numbers = line.split(",").map(Number), label = numbers.pop()!;
    if (numbers.length !== 64 || numbers.some((ink) => !(ink >= 0 && ink <= 16)) || !(Number.isInteger(label) && label >= 0 && label <= 9)) {
      throw new FocalError("data", `line ${i + 1} must be 64 pixels from 0 to 16 and a label from 0 to 9, got ${JSON.stringify(line.slice(0, 60))}`);
    }
    pixels.set(numbers, 64 * i);
    labels[i] = label;
  });
  return { pixels, labels };
}

/**
 * Some of the digits, so that scenes to train on and scenes to test on can be made of different handwriting.
 *
 * @param from - the first
 * @param to - one past the last
 *
 * @example
 * const learnt = sliceDigits(digits, 0, 1200), held = sliceDigits(digits, 1200, 1797);
 */
export function sliceDigits({ pixels, labels }: Digits, from: number, to: number): Digits {
  return { pixels: pixels.subarray(64 * from, 64 * to), labels: labels.subarray(from, to) };
}
