import stringWidth from "fast-string-width";

/** Text from data without control characters: a class name must not move the cursor or change colours. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** Fills up with spaces, counting the columns a terminal gives each character. */
export function pad(text: string, width: number, side: "left" | "right"): string {
  const spaces = " ".repeat(Math.max(0, width - stringWidth(text)));
  return side === "left" ? text + spaces : spaces + text;
}

/** Cuts at a width, the last column being an ellipsis. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (stringWidth(kept + segment) > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks into lines at spaces; a single word that is wider than a line is cut. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push((lines.length === 0 ? "" : indent) + cut(word, width - stringWidth(indent)));
  }
  return lines.join("\n");
}
