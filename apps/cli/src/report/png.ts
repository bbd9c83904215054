import { createRequire } from "node:module";
import { Resvg } from "@resvg/resvg-js";

const require = createRequire(import.meta.url);

/**
 * Draws a standalone SVG to PNG bytes, twice its size for sharp screens.
 *
 * The font comes with the program: a bare Debian has none and would leave every text out, and a picture that depends
 * on the fonts of the machine cannot be compared between machines.
 */
export function renderPng(svg: string): Uint8Array {
  const fontFiles = ["400Regular/Inter_400Regular.ttf", "600SemiBold/Inter_600SemiBold.ttf"].map((file) =>
    require.resolve(`@expo-google-fonts/inter/${file}`),
  );
  const font = { loadSystemFonts: false, fontFiles, defaultFontFamily: "Inter", sansSerifFamily: "Inter" };
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: 2 } }).render().asPng();
}
