export type { CumulativePoint } from "./cumulative.ts";
export { diagnose } from "./diagnose.ts";
export type { DiagnoseOptions, Diagnosis } from "./diagnose.ts";
export type { ClassProfile, DifficultyBin, LossProfile } from "./profile.ts";
export type { LossVerdict } from "./verdict.ts";
