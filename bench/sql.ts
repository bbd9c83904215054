/** How long does a linear fit take inside DuckDB? Whole fits of focal loss, γ = 2, 30 columns, from the first look to the model. */
import { DuckDBInstance } from "@duckdb/node-api";
import { duckdbEngine, fitLinearFocal } from "focal-loss/sql";
import { digits, markdown, quick, save } from "./report.ts";

const columns = 30, sizes = quick ? [100_000] : [1_000_000, 10_000_000];
const results = [];
for (const rows of sizes) {
  const instance = await DuckDBInstance.create(":memory:"), connection = await instance.connect();
  const each = (make: (j: number) => string, join = ", "): string => Array.from({ length: columns }, (_, j) => make(j)).join(join);
  const bell = (j: number): string => `sqrt(-2 * ln((hash(i * 97 + ${j}) % 1000000 + 1) / 1000001)) * cos(6.283185307179586 * (hash(i * 89 + ${j} + 7919) % 1000000) / 1000000)`;
  await connection.run(`CREATE TABLE normal AS SELECT i, ${each((j) => `${bell(j)} AS n${j}`)} FROM range(${rows}) r(i)`);
  // Each column leans on the one before; 8 % are positive.
  await connection.run(`CREATE TABLE points AS SELECT ${each((j) => `n${j}${j > 0 ? ` + 0.5 * n${j - 1}` : ""} AS x${j}`)}, CASE WHEN 1 / (1 + exp(3.5 - (${each((j) => `${(((j * 7) % 5) - 2) * 0.3} * n${j}`, " + ")}))) > (hash(i * 83 + 5) % 1000000) / 1000000 THEN 1 ELSE 0 END AS y FROM normal`);
  await connection.run("DROP TABLE normal");
  const turns = [];
  for (let turn = 0; turn < (rows > 1e6 ? 1 : 3); turn++) {
    const cpu = process.cpuUsage(), start = performance.now();
    const { passes, ended, value } = await fitLinearFocal(duckdbEngine(connection), "points", { target: "y" });
    const { user, system } = process.cpuUsage(cpu);
    turns.push({ seconds: (performance.now() - start) / 1e3, cpuSeconds: (user + system) / 1e6, passes, ended, value });
  }
  results.push({ rows, columns, ...turns.sort((a, b) => a.seconds - b.seconds)[0]! });
  connection.closeSync();
  instance.closeSync();
}
console.log(`Linear fit inside DuckDB, ${columns} columns\n\n${markdown(["rows", "seconds", "CPU seconds", "passes", "ended"], results.map(({ rows, seconds, cpuSeconds, passes, ended }) => [rows.toLocaleString("en"), digits(seconds), digits(cpuSeconds), String(passes), ended]))}\n`);
save("sql", { results });
