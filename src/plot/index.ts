export { lossCurves, type CurveKind, type LossCurve, type LossCurves, type LossCurvesOptions } from "./curves.ts";
export { lossFigure, type LossFigureOptions } from "./figure.ts";
export { PALETTE, seriesColor } from "./palette.ts";
export { valueRange } from "./range.ts";
export { curveName, wording } from "./words.ts";
