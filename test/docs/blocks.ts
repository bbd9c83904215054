/** The documents that readers copy from, and the code in them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** README and the pages of docs/; what is generated (docs/api, docs/results) lies in folders of its own. */
export const documents = ["README.md", ...readdirSync(join(root, "docs")).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`)];

export interface Block {
  /** What stands behind the opening fence. */
  readonly language: string;
  readonly code: string;
  /** The line of the document that the code begins with. */
  readonly line: number;
}

export const textOf = (document: string): string => readFileSync(join(root, document), "utf8");

export function blocksOf(document: string): Block[] {
  const text = textOf(document);
  return [...text.matchAll(/^ *```(\w*)\n(.*?)^ *```$/gms)].map((match) => ({
    language: match[1]!, code: match[2]!, line: text.slice(0, match.index).split("\n").length + 1,
  }));
}
