import type { Plugin } from "vite";

/** KaTeX offers each of its fonts in three formats; every browser that runs this page reads the first. The page's own fonts are fetched with its script. */
export const fontsOnce = (): Plugin => ({
  name: "fonts-once",
  enforce: "pre",
  transform(code, id) {
    if (!id.includes("katex") || !id.endsWith(".css")) return undefined;
    return { code: code.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, ""), map: null };
  },
  transformIndexHtml: {
    order: "post",
    handler: (_, { bundle = {} }) => Object.keys(bundle).filter((file) => /(inter|source-serif-4)-latin-[^/]*-normal.*\.woff2$/.test(file)).map((file) => ({
      tag: "link", attrs: { rel: "preload", as: "font", type: "font/woff2", href: `./${file}`, crossorigin: true }, injectTo: "head" as const,
    })),
  },
});
