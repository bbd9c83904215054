import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType as Kind, GraphProtoSchema, TensorProtoSchema, TensorProto_DataType as Type, ValueInfoProtoSchema,
  type AttributeProtoSchema, type NodeProtoSchema, type GraphProto,
} from "onnx-buf";

type Value = string;
type Attribute = number | bigint | readonly bigint[] | readonly string[];

/** Collects an ONNX graph: every method adds something and returns the name of the value it yields. */
export class OnnxGraph {
  private readonly nodes: MessageInitShape<typeof NodeProtoSchema>[] = [];
  private readonly inputs: ReturnType<typeof valueInfo>[] = [];
  private readonly outputs: ReturnType<typeof valueInfo>[] = [];
  private readonly constants: MessageInitShape<typeof TensorProtoSchema>[] = [];

  /** One column of rows, N × 1: float32, or strings. */
  input(name: string, kind: "float" | "string"): Value {
    this.inputs.push(valueInfo(name, kind === "float" ? Type.FLOAT : Type.STRING, 1));
    return name;
  }

  /** A float32 result, N × columns, under a name of its own. */
  output(name: string, value: Value, columns: number): void {
    this.outputs.push(valueInfo(name, Type.FLOAT, columns));
    this.nodes.push({ opType: "Identity", name, input: [value], output: [name] });
  }

  floats(values: Iterable<number>, dims: readonly number[]): Value {
    const data = Float32Array.from(values);
    return this.constant({ dataType: Type.FLOAT, dims: dims.map(BigInt), rawData: new Uint8Array(data.buffer) });
  }

  integers(values: Iterable<number>, dims: readonly number[]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.constant({ dataType: Type.INT64, dims: dims.map(BigInt), rawData: new Uint8Array(data.buffer) });
  }

  /** An operation of the standard set, or of `domain`. Attributes: number is a float, bigint an integer. */
  node(opType: string, input: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ""): Value {
    const name = `/${opType}_${this.nodes.length}`;
    const attribute = Object.entries(attributes).map(([key, value]) => attributeOf(key, value));
    this.nodes.push({ opType, name, domain, input: [...input], output: [name], attribute });
    return name;
  }

  /** Bool to float32. */
  asFloat(value: Value): Value {
    return this.node("Cast", [value], { to: BigInt(Type.FLOAT) });
  }

  /** Side by side; one value stays as it is. */
  concat(values: readonly Value[]): Value {
    return values.length === 1 ? values[0]! : this.node("Concat", values, { axis: 1n });
  }

  build(name: string): GraphProto {
    return create(GraphProtoSchema, { name, input: this.inputs, output: this.outputs, node: this.nodes, initializer: this.constants });
  }

  private constant(tensor: MessageInitShape<typeof TensorProtoSchema>): Value {
    const name = `/constant_${this.constants.length}`;
    this.constants.push(create(TensorProtoSchema, { ...tensor, name } as MessageInitShape<typeof TensorProtoSchema>));
    return name;
  }
}

function valueInfo(name: string, elemType: Type, columns: number) {
  const dim = [{ value: { case: "dimParam" as const, value: "N" } }, { value: { case: "dimValue" as const, value: BigInt(columns) } }];
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } } });
}

function attributeOf(name: string, value: Attribute): MessageInitShape<typeof AttributeProtoSchema> {
  if (typeof value === "number") return { name, type: Kind.FLOAT, f: value };
  if (typeof value === "bigint") return { name, type: Kind.INT, i: value };
  if (typeof value[0] === "bigint") return { name, type: Kind.INTS, ints: value as bigint[] };
  return { name, type: Kind.STRINGS, strings: (value as readonly string[]).map((text) => new TextEncoder().encode(text)) };
}
