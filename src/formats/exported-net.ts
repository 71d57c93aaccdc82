import type { NamedTensor } from './arrays.js';

// Nets for other programs: ONNX, and a TensorFlow.js LayersModel.

/** A net to be written for other programs: softmax(sigmoid(x W1 + b1) W2 + b2). All tensors have one type. */
export interface ExportedNet {
  /** D */
  readonly inputSize: number;
  /** K */
  readonly outputSize: number;
  readonly type: NamedTensor['type'];
  /** W1 (D, H), b1 (H), W2 (H, K), b2 (K) */
  readonly tensors: readonly NamedTensor[];
}

// ONNX. Field numbers and type numbers are those of onnx.proto.

/** The IR version; every ONNX Runtime since 2021 reads it. */
const IR_VERSION = 7;
const OPERATOR_SET = 13;
const TYPES = { f32: 1, f64: 11 };
const INT_ATTRIBUTE = 2;

/**
 * Bytes of an ONNX model from `images` (N, D), float32, in [0, 1], to `probabilities` (N, K). It computes in the type
 * of the net; N is free.
 *
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function encodeOnnx({ inputSize, outputSize, type, tensors }: ExportedNet): Uint8Array {
  const isDouble = type === 'f64';
  const graph: Field[] = [
    ...(isDouble ? [node('Cast', ['images'], 'pixels', ['to', TYPES.f64])] : []),
    node('Gemm', [isDouble ? 'pixels' : 'images', 'W1', 'b1'], 'preactivations'),
    node('Sigmoid', ['preactivations'], 'hidden'),
    node('Gemm', ['hidden', 'W2', 'b2'], 'logits'),
    node('Softmax', ['logits'], 'probabilities', ['axis', 1]),
    [2, 'two_layer_net'],
    ...tensors.map(({ name, shape, type, bytes }) =>
      message(5, ...shape.map((size): Field => [1, size]), [2, TYPES[type]], [8, name], [9, bytes]),
    ),
    value(11, 'images', TYPES.f32, inputSize),
    value(12, 'probabilities', TYPES[type], outputSize),
  ];
  return encodeMessage([
    [1, IR_VERSION],
    [2, 'gd-train'],
    [6, 'images: pixels / 255, row by row, 0 paper, 1 ink; probabilities: of the digits 0 to 9'],
    message(7, ...graph),
    message(8, [2, OPERATOR_SET]),
  ]);
}

/** A node of the graph: an operator, its inputs and its output. */
function node(
  operator: string,
  inputs: readonly string[],
  output: string,
  attribute?: readonly [name: string, value: number],
): Field {
  const fields: Field[] = [...inputs.map((name): Field => [1, name]), [2, output], [3, output], [4, operator]];
  if (attribute) fields.push(message(5, [1, attribute[0]], [3, attribute[1]], [20, INT_ATTRIBUTE]));
  return message(1, ...fields);
}

/** An input or output of the graph, field `number`: its name, element type, and shape (N, size). */
function value(number: number, name: string, type: number, size: number): Field {
  const shape = message(2, message(1, [2, 'N']), message(1, [1, size]));
  return message(number, [1, name], message(2, message(1, [1, type], shape)));
}

/** A field of a message: its number, and an integer ≥ 0, text, bytes, or another message. */
type Field = readonly [number: number, value: number | string | Uint8Array | readonly Field[]];

const message = (number: number, ...fields: Field[]): Field => [number, fields];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * Bytes of a Protocol Buffers message.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */
function encodeMessage(fields: readonly Field[]): Uint8Array {
  return Buffer.concat(
    fields.flatMap(([number, value]) => {
      if (typeof value === 'number') return [varint(number * 8 + VARINT), varint(value)];
      const bytes =
        typeof value === 'string' ? Buffer.from(value) : value instanceof Uint8Array ? value : encodeMessage(value);
      return [varint(number * 8 + LENGTH_DELIMITED), varint(bytes.length), bytes];
    }),
  );
}

/** Seven bits per byte, lowest first; the high bit is set in all bytes but the last. */
function varint(value: number): Uint8Array {
  const bytes = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Uint8Array.from([...bytes, value]);
}

// TensorFlow.js

/** Keras's names for the tensors of two dense layers. */
const NAMES: Record<string, string> = { W1: 'hidden/kernel', b1: 'hidden/bias', W2: 'digit/kernel', b2: 'digit/bias' };
const WEIGHTS = 'weights.bin';

/**
 * The two files of a TensorFlow.js LayersModel, which is a Keras model in JSON beside its weights: two dense layers,
 * input `hidden_input` (N, D) in [0, 1] -> output `digit` (N, K), probabilities. tensorflowjs_converter turns it into a
 * model of tf_keras; Keras 3 does not read it.
 *
 * @param net of type f32, the only type of TensorFlow.js
 * @returns bytes of each file by its name
 */
export function encodeLayersModel({ inputSize, outputSize, tensors }: ExportedNet): Map<string, Uint8Array> {
  const dense = (name: string, units: number, activation: string) => ({
    class_name: 'Dense',
    config: { name, trainable: true, dtype: 'float32', units, activation, use_bias: true },
  });
  const [, b1] = tensors;
  const hidden = dense('hidden', b1.shape[0], 'sigmoid');
  const model = {
    format: 'layers-model',
    generatedBy: 'gd-train',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'two_layer_net',
        layers: [
          { ...hidden, config: { ...hidden.config, batch_input_shape: [null, inputSize] } },
          dense('digit', outputSize, 'softmax'),
        ],
      },
      keras_version: '2.15.0',
      backend: 'tensorflow',
    },
    weightsManifest: [
      {
        paths: [WEIGHTS],
        weights: tensors.map(({ name, shape }) => ({ name: NAMES[name], shape, dtype: 'float32' })),
      },
    ],
  };
  return new Map([
    ['model.json', Buffer.from(`${JSON.stringify(model, null, 2)}\n`)],
    [WEIGHTS, Buffer.concat(tensors.map(({ bytes }) => bytes))],
  ]);
}
