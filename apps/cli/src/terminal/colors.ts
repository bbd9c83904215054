import pc from "picocolors";

export type Colors = ReturnType<typeof pc.createColors>;

interface Stream {
  readonly isTTY?: boolean;
}

/** Colours for a stream: none where NO_COLOR is set or the output goes to a file, unless FORCE_COLOR asks for them. */
export function colorsFor(stream: Stream, environment: NodeJS.ProcessEnv = process.env): Colors {
  const { NO_COLOR = "", FORCE_COLOR = "", TERM } = environment;
  const wanted = NO_COLOR === "" && (FORCE_COLOR !== "" ? FORCE_COLOR !== "0" : stream.isTTY === true && TERM !== "dumb");
  return pc.createColors(wanted);
}

/** The terminal's nearest to the palette of the figures, in its order. */
export const SERIES = ["blue", "red", "green", "magenta", "yellow", "cyan"] as const;
