/** WebGPU in Node: npm `webgpu` on the machine's drivers, or on the software GPU that comes along with Chromium. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { gpuEnvironments } from "../bench/peers/vulkan.ts";
import type { Found } from "./webgpu/node.ts";

/** What the program finds where it first finds a GPU; else why there is none. */
function find(): Found | string {
  let why = "";
  for (const env of gpuEnvironments()) {
    try {
      const answer = execFileSync(process.execPath, ["--conditions=source", "--import=tsx", fileURLToPath(new URL("webgpu/node.ts", import.meta.url))], {
        cwd: fileURLToPath(new URL("..", import.meta.url)), env: { ...process.env, ...env }, timeout: 50_000, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"],
      });
      const found = JSON.parse(answer) as Found;
      if (found.adapter !== undefined) return found;
      why ||= "npm webgpu finds no adapter";
    } catch (error) {
      const { stderr } = error as { stderr?: string };
      // No build of it for this machine; anything else is for the tests to show.
      if (!stderr?.includes("dawn.node") && !stderr?.includes("Cannot find package 'webgpu'")) throw error;
      why = "npm webgpu is not installed, or has no build for this machine";
    }
  }
  return why;
}

const found = find();
if (typeof found === "string") console.error(`\n*** NOT TESTED: WebGPU in Node: ${found}. A Vulkan driver and libvulkan1, or apt-get install chromium, gives it one. ***\n`);

describe.skipIf(typeof found === "string")("in Node, with the device given", () => {
  const { adapter, globals, refusal, cases } = found as Found;

  test(`on ${adapter}: no global of WebGPU is needed, and without a device the refusal says so`, () => {
    expect(globals).toBe(false);
    expect(refusal).toBe("there is no WebGPU here: it needs a browser that has it, on a page from https or localhost; elsewhere pass a GPUDevice, webgpu(device)");
  });

  test.each((cases ?? []).map(({ name, ...differences }) => [name, differences] as const))("%s: value within 1e-6, gradient 2e-6, Hessian 3e-6 of float64, from arrays and from buffers", (_, { arrays, buffers }) => {
    for (const differences of [arrays, buffers]) {
      expect(differences["value"]).toBeLessThanOrEqual(1e-6);
      expect(differences["grad"]).toBeLessThanOrEqual(2e-6);
      expect(differences["hessian"]).toBeLessThanOrEqual(3e-6);
    }
  });
});
