type Boxes = readonly (readonly [number, number, number, number])[];

/**
 * Four pictures of COCO val2014 with detections that COCO made up to try its program with (results/instances_val2014_fakebbox100),
 * as torchmetrics' tests list them, and what they report of pycocotools.
 */
export const fourPictures: {
  readonly classes: number;
  readonly pictures: readonly { readonly truth: readonly [Boxes, number[]]; readonly detections: readonly [Boxes, number[], number[]] }[];
  readonly published: { readonly scores: string[]; readonly perClass: string[] };
} = {
  classes: 6,
  pictures: [
    {
      truth: [[[214.15, 41.29, 562.41, 285.07]], [4]],
      detections: [[[258.15, 41.29, 606.41, 285.07]], [4], [0.236]],
    },
    {
      truth: [[[13, 22.75, 548.98, 632.42], [1.66, 3.32, 270.26, 275.23]], [2, 2]],
      detections: [[[61, 22.75, 565, 632.42], [12.66, 3.32, 281.26, 275.23]], [3, 2], [0.318, 0.726]],
    },
    {
      truth: [
        [
          [61.87, 276.25, 358.29, 379.43], [2.75, 3.66, 162.15, 316.06], [295.55, 93.96, 313.97, 152.79], [326.94, 97.05, 340.49, 122.98],
          [356.62, 95.47, 372.33, 147.55], [462.08, 105.09, 493.74, 146.99], [277.11, 103.84, 292.44, 150.72],
        ],
        [4, 1, 0, 0, 0, 0, 0],
      ],
      detections: [
        [
          [87.87, 276.25, 384.29, 379.43], [0, 3.66, 142.15, 316.06], [296.55, 93.96, 314.97, 152.79], [328.94, 97.05, 342.49, 122.98],
          [356.62, 95.47, 372.33, 147.55], [464.08, 105.09, 495.74, 146.99], [276.11, 103.84, 291.44, 150.72],
        ],
        [4, 1, 0, 0, 0, 0, 0],
        [0.546, 0.3, 0.407, 0.611, 0.335, 0.805, 0.953],
      ],
    },
    {
      truth: [[[13.99, 2.87, 640, 421.52]], [5]],
      detections: [[[0, 2.87, 601, 421.52]], [5], [0.699]],
    },
  ],
  published: {
    scores: ["0.706", "0.901", "0.846", "0.689", "0.800", "0.701", "0.716"],
    perClass: ["0.725", "0.800", "0.454", "NaN", "0.650", "0.900"],
  },
};
