/** Code in pieces: comments and keywords stand out, and nothing more, which is enough to find one's way. */
export interface Piece {
  readonly text: string;
  readonly kind: "plain" | "comment" | "keyword";
}

const comments: Readonly<Record<string, string>> = { js: "/\\*[^]*?\\*/|//.*", wgsl: "//.*", wasm: ";;.*", python: '#.*|"""[^]*?"""', sql: "--.*", tex: "%.*" };
const keywords: Readonly<Record<string, string>> = {
  js: "function|const|let|return",
  wgsl: "fn|let|var|return|struct|alias|const|override|if|else|select|bitcast",
  wasm: "[fi]\\d+x\\d+\\.\\w+|v128\\.\\w+|param",
  python: "def|return|if|else|elif|import|from|as|raise|None|True|False|in|not|and|or",
  sql: "SELECT|FROM|CASE|WHEN|THEN|ELSE|END|AS|WITH|WHERE|AND|OR|LATERAL|CROSS|JOIN|greatest|least|GREATEST|LEAST",
  tex: "\\\\[A-Za-z]+",
};

export function highlight(code: string, tongue: string): Piece[] {
  const pattern = new RegExp(`(${comments[tongue] ?? "(?!)"})|${tongue === "tex" ? "" : "\\b"}(${keywords[tongue] ?? "(?!)"})\\b`, "g"), pieces: Piece[] = [];
  let at = 0;
  for (const found of code.matchAll(pattern)) {
    if (found.index > at) pieces.push({ text: code.slice(at, found.index), kind: "plain" });
    pieces.push({ text: found[0], kind: found[1] === undefined ? "keyword" : "comment" });
    at = found.index + found[0].length;
  }
  return [...pieces, { text: code.slice(at), kind: "plain" }];
}
