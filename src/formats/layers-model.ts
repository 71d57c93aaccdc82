import type { ExportedNet } from './arrays.js';

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
