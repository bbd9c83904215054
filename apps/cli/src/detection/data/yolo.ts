import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import type { StatedBox } from "./annotations.ts";
import type { Problems } from "./problems.ts";

/**
 * Reads the lines of one YOLO label file: class number, then centre x, centre y, width and height as shares of the picture.
 *
 * A line of more than five numbers is a polygon, whose box is taken; a sixth number alone is a score and left out.
 *
 * @returns boxes as shares of the picture
 */
export function readYolo(text: string, file: string, classes: readonly string[], problems: Problems): StatedBox[] {
  return text.replace(/^\ufeff/, "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "").flatMap((line, i): StatedBox[] => {
    const [label = NaN, ...values] = line.split(/\s+/).map(Number);
    if (values.length < 4) {
      problems.add("broken", `${file}, line ${i + 1}`);
      return [];
    }
    return [{ label: classes[label] || undefined, box: values.length > 5 ? around(values) : fromCentre(values as [number, number, number, number]), crowd: false }];
  });
}

const fromCentre = ([x, y, width, height]: readonly [number, number, number, number]): StatedBox["box"] => [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

function around(corners: readonly number[]): StatedBox["box"] {
  const x = corners.filter((_, i) => i % 2 === 0), y = corners.filter((_, i) => i % 2 === 1);
  return [Math.min(...x), Math.min(...y), Math.max(...x), Math.max(...y)];
}

/** What a data.yaml says: names of the classes and where each part's pictures are. */
export interface DataYaml {
  readonly names: readonly string[];
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads of YAML what data.yaml files are written in: `key: value`, lists in brackets or dashes, and names by number.
 *
 * @throws FocalError `data` when it names no classes
 */
export function readDataYaml(text: string, file: string): DataYaml {
  const lists = new Map<string, string[]>();
  let key = "";
  const joined = text.replace(/^\ufeff/, "").replace(/\[[^\]]*\]/g, (list) => list.replace(/\s*\n\s*/g, " "));
  for (const raw of joined.split(/\r?\n/)) {
    const line = raw.replace(/\s+#.*$|^#.*$/, "");
    const [, name, rest = ""] = /^([A-Za-z_]\w*)\s*:\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      key = name;
      lists.set(key, inline(rest));
      continue;
    }
    const [, item] = /^\s*-\s+(.+)$/.exec(line) ?? /^\s+['"]?\d+['"]?\s*:\s*(.+)$/.exec(line) ?? [];
    if (item !== undefined) lists.get(key)?.push(bare(item));
  }
  const names = (lists.get("names") ?? []).filter((name) => name !== "");
  if (names.length === 0) throw new FocalError("data", `${quote(file)} names no classes, expected names: [a, b]`);
  return { names, parts: Object.fromEntries(["train", "val", "test"].map((part) => [part, lists.get(part) ?? []])) };
}

/** A value on its key's line: one word, a list in brackets, or names by number in braces. */
function inline(text: string): string[] {
  const [, list, fields] = /^\[(.*)\]\s*$/s.exec(text) ?? /^()\{(.*)\}\s*$/s.exec(text) ?? [];
  if (fields !== undefined) return separate(fields).map((field) => bare(field.replace(/^[^:]*:/, "")));
  if (list !== undefined) return separate(list).map(bare);
  return text.trim() === "" ? [] : [bare(text)];
}

/** At commas outside of quotes. */
const separate = (text: string): string[] => text.match(/(?:"[^"]*"|'[^']*'|[^,'"])+/g) ?? [];

const bare = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/s, "$2");

/** One name a line: classes.txt, obj.names. An empty line keeps its number, which no class has. */
export const readNames = (text: string): string[] => text.replace(/^\ufeff/, "").trimEnd().split(/\r?\n/).map((line) => line.trim());
