import type { Protocol, Reproduce } from "../results.ts";
import { fixed } from "./format.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

type Fact = readonly [name: string, value: string];

/** How it was measured, and what to type to measure it again. */
export function reproduce(how: Reproduce, protocol: Omit<Protocol, "repeats">, more: readonly Fact[]): Html {
  const facts: readonly Fact[] = [
    ["Split", protocol.split],
    ...more,
    ["Model", protocol.model],
    ["Selection", protocol.selection],
    ["Models trained", String(protocol.configurations)],
    ["Seed", String(how.seed)],
    ["Machine", how.machine],
    ["Date", how.date.replace(/T(\d\d:\d\d).*Z$/, " $1 UTC")],
    ["Time", how.seconds < 120 ? `${fixed(how.seconds, 0)} s` : `${fixed(how.seconds / 60, 1)} min`],
    ["Versions", Object.entries(how.versions).map(([name, version]) => `${name} ${version}`).join(", ")],
  ];
  return html`<pre><code>${how.command}</code></pre><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}
