#!/usr/bin/env node
import { run } from "../dist/main.js";
import { watchOutput } from "../dist/terminal/lost.js";

const isLost = watchOutput(process.stdout), code = await run(process.argv.slice(2));
process.exitCode = isLost() ? 1 : code;
