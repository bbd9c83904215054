/** Of protobuf, what ONNX is written with: a message is numbered fields, each a whole number or bytes after their length. */
export class Message {
  readonly #bytes: number[] = [];

  /** A whole number ≥ 0. */
  integer(field: number, value: number): this {
    this.#varint(field << 3);
    this.#varint(value);
    return this;
  }

  /** Text, bytes, or a message inside this one. */
  content(field: number, content: string | Uint8Array | Message): this {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content instanceof Message ? content.#bytes : content;
    this.#varint((field << 3) | 2);
    this.#varint(bytes.length);
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** The same field once for each of a list. */
  each<T>(items: Iterable<T>, write: (message: this, item: T) => unknown): this {
    for (const item of items) write(this, item);
    return this;
  }

  encode(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  /** Seven bits at a time, the lowest first; the eighth says that more follow. */
  #varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) | 128);
    this.#bytes.push(rest);
  }
}
