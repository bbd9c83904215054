/** What keeps a file from being read, in one sentence for the person who chose it. */
export class FileProblem extends Error {
  override readonly name = "FileProblem";
}
