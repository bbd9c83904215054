/** `npm run bench [-- --quick]`: every question in turn; tables to the terminal, numbers to bench/results/. */
import { machine } from "./harness.ts";
import { throughput } from "./throughput.ts";

const quick = process.argv.includes("--quick");
console.log(`Machine: ${machine()}\n`);
await throughput(quick);
