/** A browser with a GPU made of software: Chromium's SwiftShader computes what a shader says, on any machine. */
import type { Page } from "playwright-core";
import { launch } from "../browser/launch.ts";

export { chromiumPath } from "../browser/launch.ts";

export interface Browser {
  readonly page: Page;
  close(): Promise<void>;
}

/** Opens a page with WebGPU, on which a module of this folder has been loaded; its exports are the global `tests`. */
export async function open(executablePath: string, module: string): Promise<Browser> {
  const { visit, close } = await launch(executablePath, new URL(module, import.meta.url), ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]);
  return { page: await visit(), close };
}
