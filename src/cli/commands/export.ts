import { extname } from 'node:path';
import { formatCount, InputError } from '../../errors.js';
import { writeFolderAtomic, writeOutput } from '../../files/write.js';
import { checkOutputs, checkStandardOutput } from '../../files/outputs.js';
import { sha256 } from '../../files/read.js';
import type { ExportedNet } from '../../formats/exported-net.js';
import { tensorBytes } from '../../formats/safetensors.js';
import { shapes, TENSORS } from '../../network/two-layer-net.js';
import { loadTraining } from '../../training/model-file.js';
import type { Training } from '../../training/train.js';
import { type Cli, type DefineCommand, note, printJson } from '../command.js';
import { modelArgument, modelPath } from '../inputs.js';
import { addOptions, oneOf, path, type ValuesOf } from '../options.js';

/** A format of an exported net. */
interface Format {
  /** Encodes the net as a file, or as the files of a folder, by their names. */
  readonly encode: (net: ExportedNet) => Promise<Uint8Array | Map<string, Uint8Array>>;
  /** The most bytes of weights in the format, and the reason for the limit. */
  readonly limit: readonly [bytes: number, why: string];
  /** Code that runs the net on x (N, D), pixels 0 … 255 with white ink on black. */
  readonly use: (path: string, net: ExportedNet) => string;
}

type FormatName = keyof typeof FORMATS;

/** The input x in float32, which the exported ONNX models need, and which matches float32 weights. */
const FLOAT32 = '(x / 255).astype(np.float32)';

/** The formats by their names, which are also their file extensions. */
const FORMATS = {
  npz: {
    encode: async ({ tensors }) => (await import('../../formats/npz.js')).encodeNpz(tensors),
    limit: [2 ** 32 - 2 ** 16, 'a zip file holds no more than 4 GB'],
    use: (path, { type }) =>
      `import numpy as np; m = np.load(${JSON.stringify(path)}); h = 1 / (1 + np.exp(-(${type === 'f32' ? FLOAT32 : 'x / 255'} @ m["W1"] + m["b1"]))); digits = (h @ m["W2"] + m["b2"]).argmax(axis=1)`,
  },
  onnx: {
    encode: async (net) => (await import('../../formats/exported-net.js')).encodeOnnx(net),
    limit: [2 ** 31 - 2 ** 16, 'an ONNX file holds no more than 2 GB'],
    use: (path) =>
      `import numpy as np, onnxruntime; [probabilities] = onnxruntime.InferenceSession(${JSON.stringify(path)}).run(["probabilities"], {"images": ${FLOAT32}})`,
  },
  tfjs: {
    encode: async (net) => (await import('../../formats/exported-net.js')).encodeLayersModel(net),
    limit: [2 ** 31 - 2 ** 16, 'TensorFlow.js loads no more than 2 GB'],
    use: (path) =>
      `probabilities = (await tf.loadLayersModel(${JSON.stringify(`file://${path}/model.json`)})).predict(tf.tensor2d(x).div(255))`,
  },
} satisfies Record<string, Format>;

const OPTIONS = {
  format: oneOf('--format <name>', 'default: as the name of the output ends', Object.keys(FORMATS) as FormatName[]),
  precision: oneOf('--precision <type>', "of the weights, default the model's; tfjs has f32 only", ['f64', 'f32']),
  output: path('-o, --output <path>', 'file to write, - for stdout; for tfjs a new folder').makeOptionMandatory(),
};

type Options = ValuesOf<typeof OPTIONS> & { readonly output: string };

/** `gd export`: converts a model for NumPy, ONNX or TensorFlow.js. */
export const defineExport: DefineCommand = (command, run) =>
  addOptions(command, OPTIONS).addArgument(modelArgument()).addHelpText('after', HELP).action(run(exportCommand));

const HELP = `
Example: gd-train export mnist.safetensors --format onnx -o mnist.onnx

Images are (N, 784): pixels / 255, row by row, 0 paper and 1 ink. The result is
(N, 10): the probabilities of the digits 0 to 9.
  npz   arrays W1 (784, hidden), b1 (hidden,), W2 (hidden, 10), b2 (10,)
  onnx  input images, float32; output probabilities, float64 with --precision f64
  tfjs  input hidden_input, output digit, both float32; for TensorFlow.js, and by
        tensorflowjs_converter for tf_keras; Keras 3 does not read it`;

async function exportCommand(cli: Cli, modelName: string, options: Options): Promise<number> {
  const { output, json } = options;
  const name = options.format ?? formatOf(output);
  const format: Format = FORMATS[name];
  if (name === 'tfjs' && options.precision === 'f64') {
    throw new InputError('--precision f64 does not fit --format tfjs: TensorFlow.js has float32 only; leave it out');
  }
  if (output === '-' && name === 'tfjs')
    throw new InputError('-o - does not fit --format tfjs, which is a folder of two files: name a folder');
  if (output === '-' && json) throw new InputError('-o - and --json both write to stdout: leave one out');
  if (output === '-' && cli.out.isTTY) throw new InputError(`-o - would fill the terminal: add > FILE or | COMMAND`);

  const model = modelPath(cli, modelName);
  const inputs = [{ what: 'the model', path: model }];
  const training = loadTraining(model);
  if (output === '-') checkStandardOutput(inputs);
  else checkOutputs([{ option: '--output', path: output, format: name }], inputs);
  const net = exportedNet(training, name === 'tfjs' ? 'f32' : options.precision);
  const size = net.tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const [most, why] = format.limit;
  if (size > most)
    throw new InputError(`${model} has ${formatCount(size)} bytes of weights: ${why}; try --precision f32`);
  const encoded = await format.encode(net);

  const files = encoded instanceof Map ? encoded : new Map([['', encoded]]);
  if (encoded instanceof Map) writeFolderAtomic(output, encoded);
  else if (output === '-') cli.out.write(encoded);
  else await writeOutput(output, encoded);

  const written = [...files].map(([file, bytes]) => ({
    path: file === '' ? output : `${output}/${file}`,
    bytes: bytes.length,
    sha256: sha256(bytes),
  }));
  if (json) printJson(cli, { model, format: name, precision: net.type, output, files: written });
  for (const { path, bytes } of output === '-' ? [] : written) {
    note(cli, `wrote ${path} (${formatCount(bytes)} bytes, ${net.type})`);
  }
  if (output !== '-') note(cli, `to use it: ${format.use(output, net)}`);
  return 0;
}

/** The format that the extension of the output's name means. */
function formatOf(output: string): FormatName {
  const ending = extname(output).slice(1);
  if (Object.hasOwn(FORMATS, ending)) return ending as FormatName;
  throw new InputError(`--format is needed (${Object.keys(FORMATS).join(', ')}): ${output} ends in none of them`);
}

/** The net with its weights in a floating-point type. */
function exportedNet({ net, hyperParameters }: Training, type = hyperParameters.precision): ExportedNet {
  const { inputSize, outputSize } = net;
  const shape = shapes(net);
  const tensors = TENSORS.map((name) => ({
    name,
    type,
    shape: shape[name],
    bytes: tensorBytes([type === 'f32' ? Float32Array.from(net[name]) : net[name]]),
  }));
  return { inputSize, outputSize, type, tensors };
}
