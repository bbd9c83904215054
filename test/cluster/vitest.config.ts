import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Tests that start a cluster of servers; `npm test` does not wait for them. */
export default defineConfig({
  root: fileURLToPath(new URL("../..", import.meta.url)),
  resolve: { conditions: ["source"] },
  ssr: { resolve: { conditions: ["source"], externalConditions: ["source"] } },
  test: { include: ["test/cluster/*.cluster.ts"], testTimeout: 120_000, hookTimeout: 90_000, fileParallelism: false },
});
