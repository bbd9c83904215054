export type { Detections, Objects, Picture, Scene } from "./types.ts";
