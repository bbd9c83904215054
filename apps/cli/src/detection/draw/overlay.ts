import { html, type Html } from "../../report/html.ts";

/** A box to be drawn. */
export interface Mark {
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
  readonly color: string;
  /** Written at its upper left corner. */
  readonly text?: string | undefined;
  readonly dashed?: boolean;
}

/** Colours that stay apart for people who see few of them, and on any picture: each is drawn on a dark edge. */
const COLORS = ["#ffb000", "#56b4e9", "#ff6db6", "#3ddc97", "#fe6100", "#b38cff", "#f0e442", "#ffffff"] as const;
export const colorOfClass = (label: number): string => COLORS[label % COLORS.length]!;

/** Width of text in its font's size, by kinds of letters of Inter; the text is spaced to fill it in whatever font is there. */
function widthOf(text: string): number {
  return Array.from(text, (letter) => (/[ijl.,:;'|!]/.test(letter) ? 0.28 : /[frtI ()[\]-]/.test(letter) ? 0.42 : /[mwMW@%]/.test(letter) ? 0.9 : letter > "\u2e7f" ? 1 : /\p{Lu}/u.test(letter) ? 0.7 : 0.61)).reduce((a, b) => a + b, 0);
}

/**
 * Boxes as SVG over a picture, in its pixels.
 *
 * @param scale - pixels of the picture per pixel of the drawing's lines and letters: 1 for one that is shown as large as it is
 */
export function overlay(width: number, height: number, marks: readonly Mark[], scale: number): Html {
  const line = 1.6 * scale, size = 12 * scale;
  return html`${marks.map(({ box: [x0, y0, x1, y1], color, dashed }) => {
    const rect = (stroke: string, strokeWidth: number, dash: string) =>
      html`<rect x="${round(x0)}" y="${round(y0)}" width="${round(x1 - x0)}" height="${round(y1 - y0)}" fill="none" stroke="${stroke}" stroke-width="${round(strokeWidth)}" stroke-dasharray="${dash}"/>`;
    return html`${rect("#000a", 2 * line, "none")}${rect(color, line, dashed === true ? `${round(3 * line)} ${round(2 * line)}` : "none")}`;
  })}${marks.map(({ box: [x0, y0], color, text }) => {
    if (text === undefined) return undefined;
    const words = widthOf(text) * size, across = words + 0.5 * size, down = 1.25 * size;
    const x = Math.max(0, Math.min(x0 - line / 2, width - across)), y = y0 - down >= 0 ? y0 - down : Math.min(y0, height - down);
    return html`<rect x="${round(x)}" y="${round(y)}" width="${round(across)}" height="${round(down)}" fill="${color}"/><text x="${round(x + 0.25 * size)}" y="${round(y + 0.92 * size)}" font-family="Inter, sans-serif" font-size="${round(size)}" font-weight="600" textLength="${round(words)}" fill="#000">${text}</text>`;
  })}`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
