import { createRequire } from "node:module";
import { cpus } from "node:os";

const require = createRequire(import.meta.url);

/** This program's version. */
export const { version } = require("../package.json") as { version: string };

/** Versions of what a result depends on. */
export function versions(): Record<string, string> {
  const of = (name: string): string => {
    try {
      return (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      return "unknown";
    }
  };
  return { "focal-loss": version, node: process.versions.node, "@jax-js/jax": of("@jax-js/jax"), "@duckdb/node-api": of("@duckdb/node-api") };
}

/** The machine in words. */
export const machine = (): string => `${cpus()[0]?.model.trim() ?? "unknown CPU"}, ${cpus().length} cores, ${process.platform} ${process.arch}`;
