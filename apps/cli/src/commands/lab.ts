import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { defineCommand } from "citty";
import { FocalError } from "focal-loss";
import { serveLab } from "../lab/server.ts";
import { refuseExtra, wholeNumber } from "./options.ts";

/** The page as the build left it, beside the program's own files. */
const FOLDER = fileURLToPath(new URL("../../dist/lab/page/", import.meta.url));

/** `focal lab`: the page, served to this machine alone until Ctrl-C. */
export const lab = defineCommand({
  meta: { name: "lab", description: "Open the page where focal loss can be played with; nothing leaves this machine.  Example: focal lab --open" },
  args: {
    port: { type: "string", description: "where to listen on 127.0.0.1 (default: any port that is free)", valueHint: "8080" },
    open: { type: "boolean", description: "open it in the browser", default: false },
  },
  async run({ args }) {
    refuseExtra("lab", args._, 0);
    await serveUntilStopped(FOLDER, args.port === undefined ? 0 : portOf(args.port), args.open);
  },
});

/** Serves a folder, says where, and returns when the user ends it: the only way out, and so no failure. */
export async function serveUntilStopped(folder: string, port: number, open: boolean): Promise<void> {
  const server = await serveLab(folder, port);
  // Before anything is said: whoever reads the address may end the program at once.
  const ended = new Promise<void>((resolve) => process.once("SIGINT", () => resolve()).once("SIGTERM", () => resolve()));
  console.log(server.url);
  console.error("Ctrl-C ends it.");
  if (open) openBrowser(server.url);
  await ended;
  await server.close();
}

function portOf(text: string): number {
  const port = wholeNumber("port", text, 0);
  if (port > 65535) throw new FocalError("argument", `port must be ≤ 65535, got ${port}`);
  return port;
}

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [command: string, ...args: string[]]>>> = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };

/** A machine without a browser still has the address on its terminal. */
function openBrowser(url: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? ["xdg-open"];
  spawn(command, [...args, url], { stdio: "ignore", detached: true }).on("error", () => console.error(`no browser could be opened; the page is at ${url}`)).unref();
}
