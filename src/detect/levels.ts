import type { Level } from "./anchors.ts";

/** Anchors for {@link digitScenes}: digits of three heights on one map, 768 anchors on 128 × 128 pixels. */
export const digitLevels: readonly Level[] = [{ stride: 8, sizes: [[10.5, 15], [13.5, 18.5], [18, 23.5]] }];

/**
 * Anchors for craters of 8 to 41 pixels, wider than high as a map of the whole Moon shows them: 1280 on 128 × 128 pixels.
 *
 * Nearly every crater of the bundled map has one with an IoU above ¼, seven of ten one from ½ on.
 */
export const craterLevels: readonly Level[] = [
  { stride: 8, sizes: [[9, 8], [12.5, 10.5], [18, 15], [25, 21.5]] },
  { stride: 16, sizes: [[27, 23], [36, 32], [48, 42], [70, 60]] },
];
