import { assign, BACKGROUND } from "./assign.ts";
import { encodeBoxes } from "./codec.ts";
import type { Batch } from "./detectorStep.ts";
import { rowsOf } from "./parameters.ts";
import type { Picture, Scene } from "./types.ts";

/** Numbers per window of the first convolution, filled up. */
export const patchSize = (channels: number): number => rowsOf({ size: 3, inputs: channels });

/**
 * The windows of the first convolution, cut from pictures as they come: [height / 2, batch, width / 2, 9 · channels, filled up].
 *
 * Every picture is brought to mean 0 and deviation 1, so that a dim one shows as much as a bright one. Around it, and where it is
 * smaller than width × height, there are zeros: its mean.
 */
export function patchesOf(pictures: readonly Picture[], width: number, height: number): Float32Array {
  const channels = pictures[0]!.channels, size = patchSize(channels), rows = height / 2, columns = width / 2;
  const patches = new Float32Array(rows * pictures.length * columns * size);
  pictures.forEach(({ data, width: w, height: h }, p) => {
    const { mean, deviation } = brightness(data);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = ((row * pictures.length + p) * columns + column) * size;
        for (let i = 0; i < 3; i++) {
          const y = 2 * row + i - 1;
          if (y < 0 || y >= h) continue;
          for (let j = 0; j < 3; j++) {
            const x = 2 * column + j - 1;
            if (x < 0 || x >= w) continue;
            for (let c = 0; c < channels; c++) patches[at + (3 * i + j) * channels + c] = (data[(y * w + x) * channels + c]! - mean) / deviation;
          }
        }
      }
    }
  });
  return patches;
}

/** Mean and standard deviation of a picture's bytes. One grey level is added to the deviation: noise on an even ground stays noise. */
function brightness(data: Uint8Array): { readonly mean: number; readonly deviation: number } {
  let sum = 0, squares = 0;
  for (const byte of data) {
    sum += byte;
    squares += byte * byte;
  }
  const mean = sum / data.length;
  return { mean, deviation: Math.sqrt(squares / data.length - mean * mean) + 1 };
}

/** Scenes as one step takes them: windows, and what every anchor has to answer. */
export function batchOf(scenes: readonly Scene[], anchors: Float32Array, width: number, height: number): Batch {
  const count = anchors.length / 4, labels = new Int32Array(scenes.length * count), targets = new Float32Array(4 * scenes.length * count);
  scenes.forEach((scene, s) => {
    const { classes, matched } = assign(anchors, scene);
    labels.set(classes, s * count);
    targets.set(encodeBoxes(anchors, scene.boxes, matched), 4 * s * count);
  });
  const patches = patchesOf(scenes.map(({ picture }) => picture), width, height);
  return {
    size: scenes.length, patches, patchShape: [height / 2, scenes.length, width / 2, patchSize(scenes[0]!.picture.channels)],
    labels, targets, positives: labels.reduce((sum, label) => sum + (label > BACKGROUND ? 1 : 0), 0),
  };
}
