/** Runs in the page: what is asked of it comes and goes as plain data. */
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import { getBackend, setBackend } from "@tensorflow/tfjs-core";

export { answersOf } from "./answers.ts";
export { trainLayers } from "./training.ts";

/** Asks for a backend; says which one is at work. */
export async function use(backend: string): Promise<string> {
  await setBackend(backend);
  return getBackend();
}
