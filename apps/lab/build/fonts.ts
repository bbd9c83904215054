import type { Plugin } from "vite";

/** KaTeX offers each of its fonts in three formats; every browser that runs this page reads the first. */
export const fontsOnce = (): Plugin => ({
  name: "fonts-once",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("katex") || !id.endsWith(".css")) return undefined;
    return { code: code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, ""), map: null };
  },
});
