import { MediaQuery } from "svelte/reactivity";
import { choice, sectionState } from "../state/index.ts";

const prefersDark = new MediaQuery("(prefers-color-scheme: dark)");
const state = sectionState("page", { theme: choice("auto", ["auto", "light", "dark"]) });

/** Light or dark: as the system has it, until the reader says otherwise; then the address keeps it. */
export const theme = {
  get dark(): boolean { return state.theme === "auto" ? prefersDark.current : state.theme === "dark"; },
  toggle(): void {
    const wanted = this.dark ? "light" : "dark";
    state.theme = (wanted === "dark") === prefersDark.current ? "auto" : wanted;
  },
  /** Puts it on the page; call it within an effect. */
  apply(): void {
    document.documentElement.dataset["theme"] = this.dark ? "dark" : "light";
  },
};

/** The i-th colour of series, as CSS; the same for the same thing all over the page. */
export const series = (i: number): string => `var(--c${(i % 6) + 1})`;

/**
 * A colour of the theme as `[r, g, b]`, 0 to 255, for a canvas; read in an effect it follows the theme.
 *
 * @param name - as "--c1"
 */
export function rgb(name: string): readonly [number, number, number] {
  theme.apply();
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const [r = 0, g = 0, b = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number);
  probe.remove();
  return [r, g, b];
}
