/** A parser with a fault that only its branches lead to. */
export function guess(text: string): void {
  if (!text.includes("{")) return;
  const inner = text.slice(text.indexOf("{") + 1);
  if (!inner.includes("null")) return;
  if (inner.slice(inner.indexOf("null")).includes("^")) throw new Error("guessed");
}
