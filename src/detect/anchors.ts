import { describe, expectKnown, FocalError } from "../errors.ts";

/** One map of a feature pyramid, and the anchors that stand at each of its cells. */
export interface Level {
  /** How many pixels lie between two cells: a power of 2. */
  readonly stride: number;
  /** Width and height of each anchor, in pixels. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
}

/** The rows and columns of a level's map over a picture. */
export function mapSize({ stride }: Level, width: number, height: number): { rows: number; columns: number } {
  return { rows: Math.ceil(height / stride), columns: Math.ceil(width / stride) };
}

/**
 * The boxes that a dense detector starts from: every size of every level at every cell.
 *
 * Their order is that of the network's outputs: level, row, column, size. Centres are at (column + ½)·stride, (row + ½)·stride;
 * anchors at the edges reach out of the picture.
 *
 * @param levels - finest first
 * @param width - of the picture, in pixels; a map has ⌈width / stride⌉ columns
 * @param height - of the picture; a map has ⌈height / stride⌉ rows
 * @returns x0 y0 x1 y1 of each anchor
 * @throws FocalError `argument` for a level without sizes, or a stride, size, width or height that is not above 0
 *
 * @example
 * anchorGrid([{ stride: 8, sizes: [[8, 4]] }], 16, 8);   // Float32Array [0, 2, 8, 6, 8, 2, 16, 6]
 *
 * @see Lin, Goyal, Girshick, He, Dollár: Focal Loss for Dense Object Detection, 2017, section 4
 */
export function anchorGrid(levels: readonly Level[], width: number, height: number): Float32Array {
  for (const [name, value] of [["width", width], ["height", height]] as const) {
    if (!(Number.isInteger(value) && value > 0)) throw new FocalError("argument", `${name} must be a whole number of pixels > 0, got ${describe(value)}`);
  }
  levels.forEach(expectLevel);
  const count = levels.reduce((sum, level) => sum + mapSize(level, width, height).rows * mapSize(level, width, height).columns * level.sizes.length, 0);
  const boxes = new Float32Array(4 * count);
  let at = 0;
  for (const level of levels) {
    const { rows, columns } = mapSize(level, width, height);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const x = (column + 0.5) * level.stride, y = (row + 0.5) * level.stride;
        for (const [w, h] of level.sizes) {
          boxes[at++] = x - w / 2;
          boxes[at++] = y - h / 2;
          boxes[at++] = x + w / 2;
          boxes[at++] = y + h / 2;
        }
      }
    }
  }
  return boxes;
}

function expectLevel({ stride, sizes }: Level): void {
  if (!(Number.isInteger(stride) && stride > 0)) throw new FocalError("argument", `stride must be a whole number of pixels > 0, got ${describe(stride)}`);
  if (sizes.length === 0) throw new FocalError("argument", `the level of stride ${stride} must have at least one anchor size, got none`);
  const wrong = sizes.find(([w, h]) => !(w > 0 && h > 0 && w * h < Infinity));
  if (wrong) throw new FocalError("argument", `an anchor's width and height must be > 0, got ${wrong.join(" × ")}`);
}

/**
 * A level's anchor sizes as RetinaNet has them: every scale at every ratio, the area kept.
 *
 * width = size · scale / √ratio, height = size · scale · √ratio
 *
 * @param options - `size` in pixels, usually 4 × the level's stride; `scales`, default 1, ∛2, ∛4, the steps between two levels;
 *   `ratios`, height ÷ width, default ½, 1, 2
 * @returns scales in turn, each with all ratios
 * @throws FocalError `argument` for a size, scale or ratio that is not above 0
 *
 * @example
 * anchorSizes({ size: 32, scales: [1], ratios: [1, 4] });   // [[32, 32], [16, 64]]
 */
export function anchorSizes(options: { size: number; scales?: readonly number[]; ratios?: readonly number[] }): [width: number, height: number][] {
  expectKnown("anchorSizes", options, ["size", "scales", "ratios"]);
  const { size, scales = [1, Math.cbrt(2), Math.cbrt(4)], ratios = [0.5, 1, 2] } = options;
  for (const [name, values] of [["size", [size]], ["scales", scales], ["ratios", ratios]] as const) {
    const wrong = values.find((value) => !(value > 0 && value < Infinity));
    if (wrong !== undefined) throw new FocalError("argument", `${name} must be > 0, got ${wrong}`);
  }
  return scales.flatMap((scale) => ratios.map((ratio): [number, number] => [(size * scale) / Math.sqrt(ratio), size * scale * Math.sqrt(ratio)]));
}
