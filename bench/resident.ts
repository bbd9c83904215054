import { readFileSync } from "node:fs";

/** Resident bytes of this process at most, so far. What the system reports for its resources may still count the process that started it. */
export function peakResident(): number {
  try {
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024;
  }
}
