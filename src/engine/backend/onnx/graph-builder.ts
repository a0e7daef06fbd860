/** Builds an ONNX model node by node. Methods return the names of the values they add. */
import proto, { type onnx } from 'onnx-proto';

const FLOAT = proto.onnx.TensorProto.DataType.FLOAT;
const INT64 = proto.onnx.TensorProto.DataType.INT64;
const OPSET = 17;

/** Floats are wrapped: a plain number is encoded as an integer. */
type Attribute = number | readonly number[] | string | { readonly float: number };

export class GraphBuilder {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #initializers: onnx.ITensorProto[] = [];
  readonly #inputs: onnx.IValueInfoProto[] = [];
  readonly #outputs: onnx.IValueInfoProto[] = [];
  #count = 0;

  input(name: string, shape: readonly number[]): string {
    this.#inputs.push(valueInfo(name, shape));
    return name;
  }

  output(name: string, value: string, shape: readonly number[]): void {
    this.#nodes.push({ opType: 'Identity', input: [value], output: [name], name });
    this.#outputs.push(valueInfo(name, shape));
  }

  /** Adds a float32 constant. The values are not copied before `build`. */
  constant(values: Float32Array, shape: readonly number[], name = this.#fresh('const')): string {
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    this.#initializers.push({ name, dataType: FLOAT, dims: [...shape], rawData: bytes });
    return name;
  }

  scalar(value: number): string {
    return this.constant(Float32Array.of(value), []);
  }

  /** Adds a vector of 64-bit integers, such as a shape or pads. */
  integers(values: readonly number[]): string {
    const name = this.#fresh('ints');
    const rawData = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    this.#initializers.push({ name, dataType: INT64, dims: [values.length], rawData });
    return name;
  }

  /** Adds an operator of the standard ONNX set with one output. */
  op(opType: string, inputs: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const output = this.#fresh(opType.toLowerCase());
    this.#nodes.push({
      opType,
      name: output,
      input: [...inputs],
      output: [output],
      attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
    });
    return output;
  }

  build(): Uint8Array {
    return proto.onnx.ModelProto.encode({
      irVersion: 8,
      producerName: 'easel',
      opsetImport: [{ domain: '', version: OPSET }],
      graph: {
        name: 'objective',
        node: this.#nodes,
        initializer: this.#initializers,
        input: this.#inputs,
        output: this.#outputs,
      },
    }).finish();
  }

  #fresh(stem: string): string {
    return `${stem}_${this.#count++}`;
  }
}

function valueInfo(name: string, shape: readonly number[]): onnx.IValueInfoProto {
  return { name, type: { tensorType: { elemType: FLOAT, shape: { dim: shape.map((n) => ({ dimValue: n })) } } } };
}

function attributeProto(name: string, value: Attribute): onnx.IAttributeProto {
  const types = proto.onnx.AttributeProto.AttributeType;
  if (typeof value === 'string') return { name, type: types.STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'number') return { name, type: types.INT, i: value };
  if ('float' in value) return { name, type: types.FLOAT, f: value.float };
  return { name, type: types.INTS, ints: [...value] };
}
