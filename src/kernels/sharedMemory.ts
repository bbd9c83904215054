const importSection = 2;
/** Limits of a memory that threads share, with a lower and an upper bound in pages: 1 to 65536, for a memory of any size. */
const sharedLimits = [0x03, 1, 0x80, 0x80, 0x04];

/** The same module, for a memory that threads share: an import must say so. */
export function forSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let at = 8;
  while (bytes[at] !== importSection) at += 2 + bytes[at + 1]!; // what stands before is short: its size takes one byte
  const start = at + 2, end = start + bytes[at + 1]!, unshared = 2;
  const imports = [...bytes.subarray(start, end - unshared), ...sharedLimits];
  return Uint8Array.from([...bytes.subarray(0, at + 1), imports.length, ...imports, ...bytes.subarray(end)]);
}
