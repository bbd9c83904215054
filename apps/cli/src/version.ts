import { createRequire } from "node:module";
import { cpus } from "node:os";

const require = createRequire(import.meta.url);

/** This program's version. */
export const { version } = require("../package.json") as { version: string };

/** Versions of what a result depends on. */
export function versions(): Record<string, string> {
  const { dependencies } = require("../package.json") as { dependencies: Record<string, string> };
  const names = ["@jax-js/jax", "@duckdb/node-api"];
  return { "focal-loss": version, node: process.versions.node, ...Object.fromEntries(names.map((name) => [name, dependencies[name]!])) };
}

/** The machine in words. */
export const machine = (): string => `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
