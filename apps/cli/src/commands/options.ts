import { existsSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { FocalError } from "focal-loss";

/** Refuses options that a command does not have: a misspelt one must not be passed over in silence. */
export function refuseUnknown(rawArgs: readonly string[], known: Readonly<Record<string, unknown>>): void {
  const [command, ...rest] = rawArgs;
  const end = rest.indexOf("--");
  for (const arg of end < 0 ? rest : rest.slice(0, end)) {
    if (!/^--?[a-zA-Z]/.test(arg)) continue;
    const name = arg.replace(/^--?/, "").replace(/=.*$/s, "");
    if (!(name in known)) {
      const options = Object.keys(known).filter((key) => key !== "files" && key !== "model").map((key) => `--${key}`);
      throw new FocalError("argument", `${command} has no option ${arg.replace(/=.*$/s, "")}; it has ${options.join(", ")}`);
    }
  }
}

/** Refuses arguments beyond those a command has a use for. */
export function refuseExtra(command: string, args: readonly string[], most: number): void {
  if (args.length > most) throw new FocalError("argument", `${command} takes ${most === 0 ? "no argument" : `no argument after ${JSON.stringify(args[most - 1])}, got`} ${JSON.stringify(args[most])}`);
}

/** The user ended the program: no mistake, but not done either. Its exit code is that of Ctrl-C. */
export class Stopped extends Error {
  readonly exitCode = 130;
}

/** Every value given for an option, repeated or separated by commas. */
export function listOf(rawArgs: readonly string[], name: string): string[] {
  const found = rawArgs.flatMap((arg, i) =>
    arg === `--${name}` ? [rawArgs[i + 1] ?? ""] : arg.startsWith(`--${name}=`) ? [arg.slice(name.length + 3)] : []);
  return found.flatMap((value) => value.split(",")).map((value) => value.trim()).filter((value) => value !== "");
}

/** A whole number from the command line. */
export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
    throw new FocalError("argument", `${name} must be a whole number ≥ ${least}, got ${JSON.stringify(text)}`);
  }
  return value;
}

/** Numbers separated by commas. */
export function numbers(name: string, text: string): number[] {
  return text.split(",").map((item) => {
    const value = Number(item);
    if (item.trim() === "" || !Number.isFinite(value)) throw new FocalError("argument", `${name} must be a number, got ${JSON.stringify(item)}`);
    return value;
  });
}

/** One of several words. */
export function oneOf<T extends string>(name: string, value: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new FocalError("argument", `${name} must be ${choices.join(", ")}, got ${JSON.stringify(value)}`);
  }
  return found;
}

/** Refuses a file to write that is being read, or that has no folder, before any work is done for it. */
export function refuseOut(out: string, read: readonly string[]): void {
  const taken = read.find((path) => resolve(path) === resolve(out));
  if (taken !== undefined) throw new FocalError("argument", `out would overwrite ${JSON.stringify(taken)}, which is being read`);
  const folder = dirname(out);
  if (!existsSync(folder)) throw new FocalError("argument", `out is in a folder that does not exist: ${JSON.stringify(folder)}`);
  if (!statSync(folder).isDirectory()) throw new FocalError("argument", `out must be in a folder, but ${JSON.stringify(folder)} is none`);
}
