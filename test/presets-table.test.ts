import * as presets from "focal-loss/presets";
import { expect, test } from "vitest";

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const shown = (value: unknown): string => (typeof value === "string" ? `"${value}"` : String(value));

function table(): string {
  const rows = Object.entries(presets).flatMap(([library, calls]) => Object.entries(calls).map(([call, preset]) => {
    const { name, reference, needs, also, defaults, conventions } = preset;
    const options = [...(needs as readonly string[]), ...Object.entries(defaults).map(([key, value]) => `${key} = ${shown(value)}`), ...(also as readonly string[]).map((key) => `${key}?`)];
    return [`\`${library}.${call}\``, `[${name}](${reference})`, `\`${options.join("`, `")}\``, conventions.scores, conventions.targets, conventions.alpha, conventions.soft, conventions.reduction, conventions.errors];
  }));
  const head = ["here", "there", "options", "scores", "targets, background", "α", "soft targets, smoothing", "order of reductions", "where its own numbers are wrong"];
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");
}

// `npx vitest run test/presets-table.test.ts -u` writes it anew.
test("docs/presets.md says what the presets say", async () => {
  await expect(`# Presets: what each library means

Made from the presets themselves (\`focal-loss/presets\`). Options in camelCase; one without a value must be given, one with a question
mark is off unless given. Soft targets: see \`soft\` of \`criterion\`. Where a library's own numbers are wrong, the preset keeps its
convention and not its error. How to come from each: [migration.md](migration.md).

${table()}
`).toMatchFileSnapshot("../docs/presets.md");
});
