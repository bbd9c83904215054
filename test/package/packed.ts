/** The package as npm would publish it, laid where a program of its user would find it. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** The optional peers, by the subpath that needs them. */
export const peers: Readonly<Record<string, string>> = { "./jax": "@jax-js/jax", "./detect": "@jax-js/jax", "./tfjs": "@tensorflow/tfjs-core", "./plot": "@observablehq/plot" };

export interface Packed {
  /** A folder whose node_modules holds the package and nothing else. */
  readonly folder: string;
  readonly tarball: string;
  /** What the tarball holds. */
  readonly files: readonly string[];
  /** Lays the peers beside the package. */
  installPeers(): void;
  /** Writes a user's file and gives its path. */
  write(name: string, text: string): string;
  remove(): void;
}

/** Packs what `npm run build` made and unpacks it for a user. */
export function pack(): Packed {
  const folder = mkdtempSync(join(tmpdir(), "focal-loss-")), stage = join(folder, "stage"), installed = join(folder, "node_modules/focal-loss");
  for (const part of ["dist", "README.md", "LICENSE", "CHANGELOG.md", "package.json"]) cpSync(join(root, part), join(stage, part), { recursive: true });
  // What `npm pack` does by itself in the repository, where others read package.json meanwhile.
  execFileSync(process.execPath, [join(root, "scripts/manifest.js")], { cwd: stage });
  const [report] = JSON.parse(execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], { cwd: stage, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] })) as [{ filename: string; files: { path: string }[] }];
  const tarball = join(folder, report.filename);
  mkdirSync(installed, { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", installed, "--strip-components", "1"]);
  rmSync(stage, { recursive: true });
  const write = (name: string, text: string): string => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  };
  write("package.json", "{}");
  return {
    folder, tarball, write, files: report.files.map(({ path }) => path).sort(),
    installPeers() {
      for (const peer of new Set(Object.values(peers))) {
        const link = join(folder, "node_modules", peer);
        mkdirSync(dirname(link), { recursive: true });
        symlinkSync(join(root, "node_modules", peer), link, "junction");
      }
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}
