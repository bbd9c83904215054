import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { FocalError } from "focal-loss";
import { quote } from "../../data/near.ts";
import { reason } from "../../model/write.ts";
import { partOf } from "./annotations.ts";

const PICTURES = new Set([".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif"]);
export const isPicture = (file: string): boolean => PICTURES.has(extname(file).toLowerCase());

/** The files of a folder, found by the names that annotations give them; nothing outside of it is ever found. */
export class Folder {
  readonly root: string;
  /** Paths from the root, with slashes, in order. */
  readonly files: readonly string[];
  readonly #byName = new Map<string, string[]>();

  constructor(root: string, files: readonly string[]) {
    this.root = root;
    this.files = files;
    for (const file of files) {
      const name = basename(file).toLowerCase();
      this.#byName.set(name, [...(this.#byName.get(name) ?? []), file]);
    }
  }

  /** The whole path of a file of this folder. */
  at(file: string): string {
    return join(this.root, file);
  }

  /**
   * The file that annotations call `name`: of all with its last part, the one that shares most of its folders, then those of `from`,
   * the annotations' path without extension (`annotations/instances_val2017`: pictures of `val2017/` before those of `train2017/`).
   *
   * Names may come from another machine: with backslashes, with folders that are not here, with `../` in front.
   */
  find(name: string, from: string): string | undefined {
    const parts = name.replaceAll("\\", "/").split("/").filter((part) => part !== "" && part !== "." && part !== "..");
    const candidates = this.#byName.get((parts.at(-1) ?? "").toLowerCase()) ?? [];
    const wanted = from.toLowerCase().split("/"), part = partOf(wanted.at(-1)!);
    const score = (file: string): number => {
      const folders = dirname(file).toLowerCase().split("/");
      let shared = 0;
      while (shared < parts.length - 1 && folders.at(-1 - shared) === parts.at(-2 - shared)!.toLowerCase()) shared++;
      return 1e3 * shared + folders.filter((folder) => wanted.includes(folder) || (part !== undefined && partOf(folder) === part)).length - 1e-3 * folders.length;
    };
    return candidates.toSorted((a, b) => score(b) - score(a))[0];
  }

  /** The picture of the same name without extension. */
  pictureOf(stem: string, from: string): string | undefined {
    for (const extension of PICTURES) {
      const found = this.find(`${stem}${extension}`, from);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** Every file below a folder; links are followed, circles are not. */
export async function openFolder(root: string): Promise<Folder> {
  const files: string[] = [], seen = new Set<string>();
  const walk = async (folder: string): Promise<void> => {
    const real = await realpath(folder);
    if (seen.has(real)) return;
    seen.add(real);
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".")) continue;
      const path = join(folder, entry.name);
      const info = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
      if (info?.isDirectory()) await walk(path);
      else if (info?.isFile()) files.push(relative(root, path).split(sep).join("/"));
    }
  };
  await walk(root).catch((error: unknown) => {
    throw new FocalError("data", `cannot read the folder ${quote(root)}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? "it does not exist" : reason(error)}`);
  });
  return new Folder(root, files);
}
