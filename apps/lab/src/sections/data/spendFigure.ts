import { plot, rect, ruleX, text } from "@observablehq/plot";
import { percent } from "../../ui/index.ts";
import type { Frame } from "../../ui/index.ts";
import { DIFFICULTIES } from "./spend.ts";

export interface Bar {
  readonly name: string;
  readonly parts: readonly number[];
}

interface Piece {
  readonly y: number;
  readonly from: number;
  readonly to: number;
  readonly color: string;
  readonly opacity: number;
  readonly label: string;
}

/** The darker, the harder: wrong, unsure, easy. */
export const OPACITY = [1, 0.55, 0.2];

/** One bar for each of the rows, cross-entropy and focal loss: the larger side's easy examples on the left, the other's on the right, the hard ones meeting. */
export function drawSpending(frame: Frame, bars: readonly Bar[], sides: readonly [string, string]): Element {
  const n = DIFFICULTIES.length, marginLeft = 4, marginRight = 4, width = frame.width - marginLeft - marginRight;
  const pieces = bars.flatMap(({ parts }, y): Piece[] => {
    let at = 0;
    return [...[2, 1, 0].map((d) => [0, d] as const), ...[0, 1, 2].map((d) => [1, d] as const)].map(([side, d]) => {
      const share = parts[side * n + d]!, from = at;
      at += share;
      return { y, from, to: at, color: side === 0 ? "var(--negative)" : "var(--positive)", opacity: OPACITY[d]!, label: share * width > 76 ? `${DIFFICULTIES[d]!.name} ${percent(share, 2)}` : share * width > 34 ? percent(share, 2) : "" };
    });
  });
  const heads = bars.map(({ name, parts }, y) => ({ y, name, border: sum(parts.slice(0, n)), left: `${sides[0]} ${percent(sum(parts.slice(0, n)), 3)}`, right: `${sides[1]} ${percent(sum(parts.slice(n)), 3)}` }));
  return plot({
    ...frame, marginLeft, marginRight, marginTop: 0, marginBottom: 4,
    x: { domain: [0, 1], axis: null }, y: { domain: [-0.62, bars.length - 0.62], reverse: true, axis: null },
    marks: [
      rect(pieces, { x1: "from", x2: "to", y1: (d: Piece) => d.y - 0.12, y2: (d: Piece) => d.y + 0.3, fill: "color", fillOpacity: "opacity", stroke: "var(--card)", strokeWidth: 1 }),
      ruleX(heads, { x: "border", y1: (d) => d.y - 0.13, y2: (d) => d.y + 0.36, stroke: "var(--ink)", strokeWidth: 2 }),
      text(heads, { x: 0, y: (d) => d.y - 0.42, text: "name", textAnchor: "start", fontWeight: 600, fontSize: 13, fill: "var(--ink)" }),
      text(heads, { x: 0, y: (d) => d.y - 0.22, text: "left", textAnchor: "start", fill: "var(--soft)" }),
      text(heads, { x: 1, y: (d) => d.y - 0.22, text: "right", textAnchor: "end", fill: "var(--soft)" }),
      text(pieces, { x: (d: Piece) => (d.from + d.to) / 2, y: (d: Piece) => d.y + 0.09, text: "label", fill: (d: Piece) => (d.opacity === 1 ? "var(--card)" : "var(--ink)"), fontWeight: 600 }),
    ],
  });
}

export const sum = (parts: readonly number[]): number => parts.reduce((a, b) => a + b, 0);
