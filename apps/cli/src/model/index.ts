export { readModel, writeModel } from "./files.ts";
export { checkOutputPath, predictFiles, writePredictions, type Predictions } from "./predict.ts";
export { score, type Scores } from "./score.ts";
export { scoreColumns, type ScoredRows } from "./columns.ts";
export { writeColumns, type OutputColumn } from "./output.ts";
export { replaceFile, writeWhole } from "./write.ts";
export type { SavedModel } from "./saved.ts";
