/** Longer than this nobody waits for a letter to be the right one. */
const PATIENCE = 700;

/**
 * Resolves when the page's fonts are there, or when it is time to go on without them. Text is set once: in its own font, or for
 * this visit in one of the system's, and never moves from one to the other.
 */
export async function fontsOrPatience(): Promise<void> {
  const wanted = ["400 1em Inter", '400 1em "Source Serif"', 'italic 400 1em "Source Serif"'].map((font) => document.fonts.load(font, "pγ").catch(() => []));
  await Promise.race([Promise.all(wanted), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
}
