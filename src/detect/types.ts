/** Pixels of a picture, row-major, channels last: 1 (grey) or 3 (RGB) bytes each. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array;
}

/**
 * What stands on a picture.
 *
 * Boxes are four numbers each, x0 y0 x1 y1, in pixels from the picture's upper left corner; x1 and y1 are its far edges, so that
 * a box of one pixel is 1 wide.
 */
export interface Objects {
  readonly boxes: Float32Array;
  /** The class of each box, 0 … classes − 1. */
  readonly labels: Int32Array;
  /** 1 where a box stands for a crowd, in which detections are neither right nor wrong; all 0 where omitted. */
  readonly crowd?: Uint8Array;
}

/** A picture with the objects on it. */
export interface Scene extends Objects {
  /** What people call it: a file's name. */
  readonly name: string;
  readonly picture: Picture;
}

/** What a detector saw on a picture, surest first. */
export interface Detections {
  readonly boxes: Float32Array;
  readonly labels: Int32Array;
  /** The probability of each box's class, 0 … 1. */
  readonly scores: Float32Array;
}
