import { quote } from "../../data/near.ts";
import { count } from "../../report/format.ts";

/** What can be wrong with one box or picture without spoiling the rest: how one is named, many are, and what is done about it. */
const KINDS = {
  unreadable: ["picture cannot be read", "pictures cannot be read", "left out"],
  missing: ["picture is not there", "pictures are not there", "left out"],
  repeated: ["picture is described twice", "pictures are described twice", "its boxes are taken together"],
  size: ["picture has another size than its annotations say", "pictures have another size than their annotations say", "boxes are scaled to it"],
  turned: ["picture has its boxes as the camera stored it", "pictures have their boxes as the camera stored them", "not turned by EXIF"],
  annotation: ["annotation file cannot be understood", "annotation files cannot be understood", "left out"],
  broken: ["box has coordinates that are no numbers", "boxes have coordinates that are no numbers", "left out"],
  empty: ["box has no area", "boxes have no area", "left out"],
  outside: ["box lies outside its picture", "boxes lie outside their pictures", "left out"],
  clipped: ["box reaches beyond its picture", "boxes reach beyond their pictures", "cut at its edge"],
  unknown: ["box is of an unknown class", "boxes are of an unknown class", "left out"],
  duplicate: ["box stands there twice", "boxes stand there twice", "one is kept"],
  orphan: ["box belongs to a picture that is not listed", "boxes belong to pictures that are not listed", "left out"],
} as const satisfies Readonly<Record<string, readonly [one: string, many: string, done: string]>>;

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
      const [one, many, done] = KINDS[kind];
      return [`${count(met.times)} ${met.times === 1 ? one : many} (${met.times === 1 ? "" : "the first: "}${quote(met.where)}): ${done}`];
    });
  }
}
