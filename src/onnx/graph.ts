import type { Operations } from "../targets/onnx.ts";
import { Message } from "./protobuf.ts";

/** A value of the graph, by its name. */
export type Value = string;

/** Whole numbers and lists of them: the only attributes that losses need. */
type Attributes = Readonly<Record<string, number | readonly number[]>>;

/** A dimension: a number, or the name of one that varies. */
type Dimension = number | string;

/** The parts of onnx.proto that are written here, by their field numbers. */
const model = { irVersion: 1, producer: 2, documentation: 6, graph: 7, operators: 8 } as const;
const graph = { node: 1, name: 2, constant: 5, input: 11, output: 12 } as const;
const FLOAT = 1, INT64 = 7;

/** The operator set: any ONNX runtime of 2022 or later has it. With it came the file format's version. */
const opset = 17, irVersion = 8;

/** An operation or a constant. */
interface Part {
  readonly field: number;
  readonly name: Value;
  readonly inputs: readonly Value[];
  readonly message: Message;
}

/** Collects a graph: every method adds something, once, and says what its value is called. */
export class Graph implements Operations<Value> {
  readonly #made: Part[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  readonly #wanted = new Set<Value>();
  readonly #known = new Map<string, Value>();

  /** An operation of one result. The same on the same values is not done twice. */
  node(operation: string, inputs: readonly Value[], attributes: Attributes = {}): Value {
    return this.#once(`${operation}(${inputs.join()})${JSON.stringify(attributes)}`, `v${this.#known.size}`, (name) => {
      this.#made.push({ field: graph.node, name, inputs, message: nodeOf(operation, inputs, name, attributes) });
    });
  }

  /** One float32. */
  number(value: number): Value {
    return this.floats([value], []);
  }

  floats(values: readonly number[], dims: readonly number[]): Value {
    return this.#constant(FLOAT, new Uint8Array(Float32Array.from(values).buffer), dims);
  }

  integers(values: readonly number[]): Value {
    return this.#constant(INT64, new Uint8Array(BigInt64Array.from(values, BigInt).buffer), [values.length]);
  }

  /** A sum over one axis, which stays with length 1. */
  sum(value: Value, axis: number): Value {
    return this.node("ReduceSum", [value, this.integers([axis])], { keepdims: 1 });
  }

  /** A float32 array that the caller gives; without dimensions, of any shape. */
  input(name: string, dims?: readonly Dimension[]): Value {
    this.#inputs.push(valueInfo(name, dims));
    return name;
  }

  /** A float32 array that the caller gets. */
  output(name: string, value: Value, dims?: readonly Dimension[]): void {
    this.#made.push({ field: graph.node, name, inputs: [value], message: nodeOf("Identity", [value], name, {}) });
    this.#outputs.push(valueInfo(name, dims));
    this.#wanted.add(name);
  }

  /** The whole model, as the bytes of an .onnx file: what the outputs need, and no more. */
  encode(name: string, documentation: string): Uint8Array {
    const needed = new Set(this.#wanted);
    const parts = this.#made.toReversed().filter((part) => {
      if (needed.has(part.name)) part.inputs.forEach((input) => needed.add(input));
      return needed.has(part.name);
    }).reverse();
    const body = new Message()
      .content(graph.name, name)
      .each(parts, (message, part) => message.content(part.field, part.message))
      .each(this.#inputs, (message, input) => message.content(graph.input, input))
      .each(this.#outputs, (message, output) => message.content(graph.output, output));
    return new Message()
      .integer(model.irVersion, irVersion)
      .content(model.producer, "focal-loss")
      .content(model.documentation, documentation)
      .content(model.graph, body)
      .content(model.operators, new Message().content(1, "").integer(2, opset))
      .encode();
  }

  #constant(type: number, data: Uint8Array, dims: readonly number[]): Value {
    return this.#once(`${type}[${dims.join()}]${data.join()}`, `c${this.#known.size}`, (name) => {
      const message = new Message().each(dims, (tensor, size) => tensor.integer(1, size)).integer(2, type).content(8, name).content(9, data);
      this.#made.push({ field: graph.constant, name, inputs: [], message });
    });
  }

  #once(key: string, name: Value, add: (name: Value) => void): Value {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, name);
    add(name);
    return name;
  }
}

function nodeOf(operation: string, inputs: readonly Value[], output: Value, attributes: Attributes): Message {
  return new Message()
    .each(inputs, (message, input) => message.content(1, input))
    .content(2, output)
    .content(3, output)
    .content(4, operation)
    .each(Object.entries(attributes), (message, [name, value]) => message.content(5, attribute(name, value)));
}

function attribute(name: string, value: number | readonly number[]): Message {
  const message = new Message().content(1, name);
  return typeof value === "number" ? message.integer(3, value).integer(20, 2) : message.each(value, (list, item) => list.integer(8, item)).integer(20, 7);
}

function valueInfo(name: string, dims: readonly Dimension[] | undefined): Message {
  const tensor = new Message().integer(1, FLOAT);
  if (dims) tensor.content(2, new Message().each(dims, (shape, size) => shape.content(1, typeof size === "number" ? new Message().integer(1, size) : new Message().content(2, size))));
  return new Message().content(1, name).content(2, new Message().content(1, tensor));
}
