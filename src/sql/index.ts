export type { Dialect, SqlEngine } from "./engine.ts";
