import { defineCommand, runCommand, showUsage } from "citty";
import type { CommandDef } from "citty";
import { FocalError } from "focal-loss";
import { explain } from "./commands/explain.ts";
import { plot } from "./commands/plot.ts";
import { predict } from "./commands/predict.ts";
import { render } from "./commands/render.ts";
import { refuseUnknown, Stopped } from "./commands/options.ts";
import { train } from "./commands/train.ts";
import { tune } from "./commands/tune.ts";
import { version } from "./version.ts";

// Each command knows its own arguments; here only their names matter.
const subCommands: Readonly<Record<string, CommandDef<any>>> = { train, tune, predict, explain, plot, render };
const main = defineCommand({
  meta: { name: "focal", version, description: "Train on imbalanced tables and see what focal loss buys." },
  subCommands,
});

const isHelp = (arg: string): boolean => arg === "--help" || arg === "-h";

/** Runs the program; returns its exit code. A user's mistake is one sentence on standard error, code 1. */
export async function run(rawArgs: string[]): Promise<number> {
  const command = subCommands[rawArgs[0] ?? ""];
  try {
    if (rawArgs.length === 0 || isHelp(rawArgs[0]!)) await showUsage(main);
    else if (rawArgs[0] === "--version" || rawArgs[0] === "-v") console.log(version);
    else if (!command) throw new FocalError("argument", `no command ${JSON.stringify(rawArgs[0])}; there are ${Object.keys(subCommands).join(", ")}`);
    else if (rawArgs.some(isHelp)) await showUsage(command, main);
    else {
      refuseUnknown(rawArgs, command.args as Record<string, unknown>);
      await runCommand(command, { rawArgs: rawArgs.slice(1) });
    }
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** A stack trace is for our own mistakes only. */
function report(error: unknown): number {
  if (error instanceof Stopped) {
    console.error(`focal: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof FocalError) console.error(`focal: ${error.message}`);
  else if (error instanceof Error && (error.name === "CLIError" || "code" in error)) console.error(`focal: ${error.message}`);
  else console.error(error);
  return 1;
}
