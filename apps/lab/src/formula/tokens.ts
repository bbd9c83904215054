/** A formula's text cut into its smallest pieces, each with its place. */
export interface Token {
  readonly kind: "number" | "name" | "sign" | "end";
  readonly text: string;
  readonly at: number;
  /** As it was typed: a name may have been spelled with a letter. */
  readonly length: number;
}

/** What is wrong with a formula's text, and where: for people who wrote it a second ago. */
export class FormulaMistake extends Error {
  override readonly name = "FormulaMistake";
  readonly at: number;
  readonly length: number;

  constructor(message: string, at: number, length = 1) {
    super(message);
    this.at = at;
    this.length = Math.max(1, length);
  }
}

/** Signs as papers print them, in the words of a keyboard. */
const alike = new Map(Object.entries({ "−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "[": "(", "]": ")" }));
/** Names as papers print them. */
const spelled = new Map(Object.entries({
  "pₜ": "pt", p_t: "pt", "xₜ": "xt", x_t: "xt", "αₜ": "alphaT", α_t: "alphaT", alpha_t: "alphaT", α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", τ: "tau", λ: "lambda", σ: "sigmoid", ln: "log",
}));

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [], piece = /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{N}_ₜ]*)|(\*\*|[-+*/^(),−–·×÷[\]]))/uy;
  let at = 0;
  while (text.slice(at).trim() !== "") {
    piece.lastIndex = at;
    const found = piece.exec(text);
    if (!found) {
      const gap = /^\s*/.exec(text.slice(at))![0].length, bad = String.fromCodePoint(text.codePointAt(at + gap)!);
      throw new FormulaMistake(`${JSON.stringify(bad)} has no meaning in a formula; there are + − * / ^ ( ) and commas`, at + gap, bad.length);
    }
    const [whole, number, name, sign] = found, word = (number ?? name ?? sign)!, { length } = word, place = at + whole.length - length;
    if (number !== undefined) tokens.push({ kind: "number", text: number, at: place, length });
    else if (name !== undefined) tokens.push({ kind: "name", text: spelled.get(name) ?? name, at: place, length });
    else tokens.push({ kind: "sign", text: sign === "**" ? "^" : alike.get(sign!) ?? sign!, at: place, length });
    at += whole.length;
  }
  return [...tokens, { kind: "end", text: "", at: text.length, length: 0 }];
}
