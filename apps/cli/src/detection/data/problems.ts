import { quote } from "../../data/near.ts";
import { count } from "../../report/format.ts";

/** What can be wrong with one box or picture without spoiling the rest, and what is done about it; [one|many] where the number changes a word. */
const KINDS = {
  unreadable: ["[picture|pictures] cannot be read", "left out"],
  missing: ["[picture is|pictures are] not there", "left out"],
  repeated: ["[picture is|pictures are] described twice", "all boxes are taken together"],
  size: ["[picture has|pictures have] another size than [its|their] annotations say", "boxes are scaled to it"],
  turned: ["[picture has its|pictures have their] boxes as the camera stored [it|them]", "not turned by EXIF"],
  annotation: ["annotation [file|files] cannot be understood", "left out"],
  broken: ["[box has|boxes have] coordinates that are no numbers", "left out"],
  empty: ["[box has|boxes have] no area", "left out"],
  outside: ["[box lies outside its picture|boxes lie outside their pictures]", "left out"],
  clipped: ["[box reaches beyond its picture|boxes reach beyond their pictures]", "cut at its edge"],
  unknown: ["[box is|boxes are] of an unknown class", "left out"],
  duplicate: ["[box stands|boxes stand] there twice", "one is kept"],
  orphan: ["[box belongs|boxes belong] to a picture that is not listed", "left out"],
} as const satisfies Readonly<Record<string, readonly [wrong: string, done: string]>>;

export type Problem = keyof typeof KINDS;

/** Counts what was wrong with a data set, and remembers where each kind was met first. */
export class Problems {
  readonly #met = new Map<Problem, { times: number; readonly where: string }>();

  add(kind: Problem, where: string): void {
    const met = this.#met.get(kind);
    if (met) met.times++;
    else this.#met.set(kind, { times: 1, where });
  }

  times(kind: Problem): number {
    return this.#met.get(kind)?.times ?? 0;
  }

  /** One line for each kind. */
  lines(): string[] {
    return (Object.keys(KINDS) as Problem[]).flatMap((kind) => {
      const met = this.#met.get(kind);
      if (!met) return [];
      const [wrong, done] = KINDS[kind], alone = met.times === 1;
      const words = wrong.replace(/\[(.*?)\|(.*?)\]/g, alone ? "$1" : "$2");
      return [`${count(met.times)} ${words} (${alone ? "" : "the first: "}${quote(met.where)}): ${done}`];
    });
  }
}
