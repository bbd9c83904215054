/** Runs in a page: tables come and answers go as plain data. */
import { defaultDevice, init } from "@jax-js/jax";
import type { Entry } from "../golden/entry.ts";
import { answer } from "./answer.ts";
import type { Answer, LabelType } from "./answer.ts";

/** The devices that jax-js has in this browser. */
export const devices = (): Promise<readonly string[]> => init();

export function run(device: "wasm" | "webgpu", entry: Entry, type: LabelType, curved: boolean): Promise<Answer> {
  defaultDevice(device);
  return answer(entry, type, curved);
}
