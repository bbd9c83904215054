import { reason } from "../model/write.ts";

/**
 * Notices when what is printed is lost: on a full disk, say, where Node goes on without a word. A reader that has seen enough, as
 * `head`, is no mistake.
 *
 * @returns whether anything was lost so far
 */
export function watchOutput(out: NodeJS.WriteStream): () => boolean {
  let lost = false;
  out.on("error", (error: NodeJS.ErrnoException) => {
    if (lost || error.code === "EPIPE") return;
    lost = true;
    process.exitCode = 1;
    console.error(`focal: cannot print the results: ${reason(error)}`);
  });
  return () => lost;
}
