import { existsSync, realpathSync } from "node:fs";
import { dirname } from "node:path";

/** Where Debian and others put Chromium; CHROMIUM says otherwise. */
const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].filter((place) => place !== undefined && existsSync(place)) as string[];

/**
 * Environments in which npm `webgpu` may find a GPU, the best first: the machine's own drivers, then the GPU made of software
 * that comes along with Chromium, whose folder has to be known before a process begins.
 */
export function gpuEnvironments(): Record<string, string>[] {
  const folder = [...places.map((place) => dirname(realpathSync(place))), "/usr/lib/chromium", "/usr/lib64/chromium-browser", "/opt/google/chrome"].find((place) => existsSync(`${place}/vk_swiftshader_icd.json`));
  return [{}, ...(folder === undefined ? [] : [{ VK_ICD_FILENAMES: `${folder}/vk_swiftshader_icd.json`, LD_LIBRARY_PATH: [folder, process.env["LD_LIBRARY_PATH"]].filter(Boolean).join(":") }])];
}
