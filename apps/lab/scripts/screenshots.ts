/** Pictures of every section, on a phone and on a wide screen, light and dark: `screenshots.ts [section|all] [folder]`. */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { browserOrWarning, openLab, show } from "../test/lab.ts";

const [wanted = "all", folder = fileURLToPath(new URL("../screenshots", import.meta.url))] = process.argv.slice(2);
const widths = { phone: 360, wide: 1280 } as const;
/** Time for what begins by itself, as a model that trains, to have something to show. */
const SETTLE = 2500;

async function main(executable: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const lab = await openLab(executable);
  for (const [size, width] of Object.entries(widths)) {
    for (const colorScheme of ["light", "dark"] as const) {
      const page = await lab.visit("", undefined, { width, colorScheme });
      const take = async (name: string, picture: Uint8Array): Promise<void> => {
        // Few colours: the pictures are kept with the sources.
        await sharp(picture).png({ palette: true, colours: 128, effort: 10 }).toFile(`${folder}/${name}-${size}-${colorScheme}.png`);
      };
      if (wanted === "all") await take("top", await page.screenshot());
      const names = await page.locator("[data-section]").evaluateAll((all) => all.map((element) => element.getAttribute("data-section")!));
      for (const name of names.filter((one) => wanted === "all" || one === wanted)) {
        await show(page, name);
        await page.waitForTimeout(SETTLE);
        const box = (await page.locator(`[data-section="${name}"]`).boundingBox())!, above = await page.evaluate(() => scrollY);
        await take(name, await page.screenshot({ fullPage: true, clip: { x: 0, y: box.y + above, width, height: box.height } }));
      }
      await page.context().close();
    }
  }
  await lab.close();
  if (lab.errors.length > 0) throw new Error(`the page reported:\n${lab.errors.join("\n")}`);
}

const executable = browserOrWarning();
if (executable !== undefined) await main(executable);
