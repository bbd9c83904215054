import { stripVTControlCharacters } from "node:util";
import { defineCommand, renderUsage, runCommand } from "citty";
import type { ArgDef, CommandDef } from "citty";
import { FocalError } from "focal-loss";
import { refuseUnknown, Stopped } from "./commands/options.ts";
import { reason } from "./model/write.ts";
import { colorsFor } from "./terminal/colors.ts";
import { version } from "./version.ts";

type Commands = Readonly<Record<string, () => Promise<CommandDef<any>>>>;

// Each command knows its own arguments; here only their names matter. It is loaded when it is asked for: some bring a network or a database.
const subCommands: Commands = {
  train: async () => (await import("./commands/train.ts")).train,
  tune: async () => (await import("./commands/tune.ts")).tune,
  predict: async () => (await import("./commands/predict.ts")).predict,
  explain: async () => (await import("./commands/explain.ts")).explain,
  fit: async () => (await import("./commands/fit.ts")).fit,
  evaluate: async () => (await import("./commands/evaluate.ts")).evaluate,
  plot: async () => (await import("./commands/plot.ts")).plot,
  render: async () => (await import("./commands/render.ts")).render,
  lab: async () => (await import("./commands/lab.ts")).lab,
  detect: async () => (await import("./commands/detect.ts")).detect,
};
const main = defineCommand({
  meta: { name: "focal", version, description: "Focal loss on imbalanced data: train on tables, pictures and databases, and see what it buys." },
  subCommands,
});

const isHelp = (arg: string): boolean => arg === "--help" || arg === "-h";

/** Runs the program; returns its exit code. A user's mistake is one sentence on standard error, code 1. */
export async function run(rawArgs: string[]): Promise<number> {
  try {
    if (rawArgs[0] === "--version" || rawArgs[0] === "-v") console.log(version);
    else await runAmong(main, rawArgs);
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** Runs the command that the first word names; some have commands of their own, which the next word names. */
async function runAmong(parent: CommandDef<any>, rawArgs: string[], said = ""): Promise<void> {
  const commands = parent.subCommands as Commands;
  const [name = "", ...rest] = rawArgs, words = `${said}${name}`;
  const command = Object.hasOwn(commands, name) ? await commands[name]!() : undefined;
  if (name === "" || isHelp(name)) await showUsage(parent);
  else if (!command) throw new FocalError("argument", `no command ${JSON.stringify(words)}; there are ${Object.keys(commands).join(", ")}`);
  else if (command.subCommands) await runAmong(command, rest, `${words} `);
  else if (rest.some(isHelp)) await showUsage(command, parent);
  else {
    refuseUnknown([words, ...rest], command.args as Record<string, unknown>);
    await runCommand(command, { rawArgs: rest }).catch((error: unknown) => { throw missingArgument(error, words, command.args as Args) ?? error; });
  }
}

/** The usage, in colour only where colour is wanted: the argument library asks neither for a terminal nor always for NO_COLOR. */
async function showUsage(command: CommandDef<any>, parent?: CommandDef<any>): Promise<void> {
  const usage = await renderUsage(command, parent);
  console.log(colorsFor(process.stdout).isColorSupported ? usage : stripVTControlCharacters(usage));
}

type Args = Readonly<Record<string, ArgDef>>;

/** The argument library's error about an argument that is not there, in this program's words. */
function missingArgument(error: unknown, command: string, args: Args): FocalError | undefined {
  const [, dashes = "", word = ""] = /^Missing required (?:positional )?argument: (--)?(\S+)/.exec((error as Error).message) ?? [];
  const name = Object.keys(args).find((key) => key.toLowerCase() === word.toLowerCase());
  if (name === undefined) return undefined;
  const { description, valueHint = name.toUpperCase() } = args[name]! as { description?: string; valueHint?: string };
  return new FocalError("argument", `${command} needs ${dashes === "" ? "" : `--${name} `}${valueHint}: ${description}`);
}

/** A stack trace is for our own mistakes only. */
function report(error: unknown): number {
  if (error instanceof Stopped) {
    console.error(`focal: ${error.message}`);
    return error.exitCode;
  }
  if (error instanceof FocalError) console.error(`focal: ${error.message}`);
  else if (error instanceof Error && "path" in error && "syscall" in error) console.error(`focal: cannot use ${JSON.stringify(error.path)}: ${reason(error)}`);
  else if (error instanceof Error && (error.name === "CLIError" || "code" in error)) console.error(`focal: ${error.message}`);
  else console.error(error);
  return 1;
}
