import { escapeText } from "./serialize.ts";

/** Markup that is known to be safe: written in this program, with everything put into it escaped. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type Part = Html | string | number | readonly Part[] | undefined | false;

/**
 * Template tag for markup: what is written in the template stays, what is put into it is escaped.
 *
 * Escaping is the default, so that a column called `<script>` cannot be forgotten; only `Html` passes through.
 */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, next, i) => text + write(parts[i - 1]) + next));
}

function write(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.markup;
  if (typeof part === "string" || typeof part === "number") return escapeText(String(part));
  return part.map(write).join("");
}
