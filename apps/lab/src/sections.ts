import type { Component } from "svelte";

/** What the page must know of a section before it is loaded. */
export interface About {
  /** The heading. */
  readonly title: string;
  /** One or two sentences under it. */
  readonly lead: string;
  /** The height in pixels that the section will take, kept free until it is there: on a phone (360 px), from 720 px, from 1100 px. */
  readonly heights: readonly [phone: number, middle: number, wide: number];
}

export interface SectionEntry extends About {
  /** Its folder, its anchor, and the first word of its state in the address. */
  readonly name: string;
  readonly number: number;
  load(): Promise<{ default: Component }>;
}

/** The page from top to bottom. */
const order = ["curve", "imbalance", "difficulty", "calibration", "data", "formula", "detection"];

const abouts = import.meta.glob<{ about: About }>("./sections/*/about.ts", { eager: true });
const components = import.meta.glob<{ default: Component }>("./sections/*/*.svelte");

const componentOf = (name: string): SectionEntry["load"] | undefined => components[`./sections/${name}/${name[0]!.toUpperCase()}${name.slice(1)}.svelte`];

/** The sections there are: a folder with `about.ts` and the component it is named after. */
export const sections: readonly SectionEntry[] = order
  .flatMap((name) => {
    const about = abouts[`./sections/${name}/about.ts`]?.about, load = componentOf(name);
    return about && load ? [{ ...about, name, load }] : [];
  })
  .map((section, i) => ({ ...section, number: i + 1 }));
