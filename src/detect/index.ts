export type { Detections, Objects, Picture, Scene } from "./types.ts";
export { anchorGrid, anchorSizes } from "./anchors.ts";
export type { Level } from "./anchors.ts";
export { assign } from "./assign.ts";
export type { Assignment, AssignmentRules } from "./assign.ts";
export { boxArea, clipBoxes, iou } from "./boxes.ts";
export { decodeBoxes, encodeBoxes } from "./codec.ts";
export { suppress } from "./suppress.ts";
export type { SuppressionOptions } from "./suppress.ts";
