import { describe, FocalError } from "../errors.ts";
import type { Level } from "./anchors.ts";

/** How wide a detector's parts are. Every width is a multiple of 8, in whose groups channels are normalised. */
export interface Widths {
  /** The backbone's stages, each a list of its convolutions' widths. Its first convolution halves the picture: stage i ends at stride 2^(i+1). */
  readonly backbone: readonly (readonly number[])[];
  /** Channels of the feature pyramid's maps, into which every level is brought by a 1×1 convolution. With one level there is no pyramid. */
  readonly pyramid: number;
  /** Convolutions that the class and the box subnet have in common; may be none. */
  readonly head: readonly number[];
  /** Convolutions that each of the two subnets has for itself, before its output; may be none. RetinaNet has four of 256. */
  readonly subnet: readonly number[];
}

/** What a detector looks for, on what pictures, with which network. */
export interface DetectorSpec {
  readonly classes: readonly string[];
  /** 1 for grey pictures, 3 for RGB. */
  readonly channels: 1 | 3;
  /** Size of training pictures, in pixels: multiples of the largest stride. */
  readonly width: number;
  readonly height: number;
  /** Finest first. */
  readonly levels: readonly Level[];
  readonly widths: Widths;
}

/** For tests and first tries: a tenth of the small network's work. */
export const tinyWidths: Widths = { backbone: [[8], [16], [24], [24], [24], [24], [24]], pyramid: 24, head: [24], subnet: [] };

/** A network for a laptop's processor: 30 million multiplications on a picture of 128². */
export const smallWidths: Widths = { backbone: [[16], [32], [48, 48, 48], [48, 48], [48, 48], [48, 48], [48, 48]], pyramid: 48, head: [48], subnet: [] };

/** Groups of channels that are normalised together. */
export const groups = 8;

/** Stages that a spec's network has: as many as its coarsest level needs. */
export const stagesOf = ({ levels, widths }: DetectorSpec): readonly (readonly number[])[] => widths.backbone.slice(0, Math.log2(levels.at(-1)!.stride));

/** @throws FocalError `argument` for a network that cannot be built */
export function expectSpec(spec: DetectorSpec): void {
  const { classes, channels, levels, widths } = spec;
  if (!(classes.length > 0)) throw new FocalError("argument", "a detector needs at least one class, got none");
  if (channels !== 1 && channels !== 3) throw new FocalError("argument", `channels must be 1 or 3, got ${describe(channels)}`);
  if (levels.length === 0) throw new FocalError("argument", "a detector needs at least one level of anchors, got none");
  levels.forEach(({ stride, sizes }, i) => {
    if (!(Number.isInteger(Math.log2(stride)) && stride >= 2)) throw new FocalError("argument", `a level's stride must be a power of 2 from 2 on, got ${describe(stride)}`);
    if (i > 0 && stride !== 2 * levels[i - 1]!.stride) throw new FocalError("argument", `each level's stride must be twice that of the one before, got ${stride} after ${levels[i - 1]!.stride}`);
    if (sizes.length === 0) throw new FocalError("argument", `the level of stride ${stride} must have anchors, got none`);
    if (sizes.length !== levels[0]!.sizes.length) throw new FocalError("argument", `the subnets are shared, so levels must have equally many anchor sizes: ${levels[0]!.sizes.length}, got ${sizes.length}`);
  });
  const largest = levels.at(-1)!.stride;
  for (const name of ["width", "height"] as const) {
    const size = spec[name];
    if (!(Number.isInteger(size) && size > 0 && size % largest === 0)) throw new FocalError("argument", `${name} must be a multiple of the largest stride, ${largest}, got ${describe(size)}`);
  }
  if (widths.backbone.length < Math.log2(largest)) throw new FocalError("argument", `a backbone of ${widths.backbone.length} stages reaches stride ${2 ** widths.backbone.length}, but a level has ${largest}`);
  for (const [part, list] of Object.entries({ backbone: stagesOf(spec).flat(), pyramid: [widths.pyramid], head: widths.head, subnet: widths.subnet })) {
    const wrong = list.find((width) => !(Number.isInteger(width) && width > 0 && width % groups === 0));
    if (wrong !== undefined) throw new FocalError("argument", `widths of ${part} must be multiples of ${groups}, got ${describe(wrong)}`);
  }
  if (stagesOf(spec).some((stage) => stage.length === 0)) throw new FocalError("argument", "every stage of the backbone must have a convolution, got an empty one");
}
