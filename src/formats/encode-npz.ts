import { zipSync, type Zippable } from 'fflate';
import type { NamedTensor } from './exported-net.js';

const MAGIC = [0x93, ...Buffer.from('NUMPY'), 1, 0]; // version 1.0
/** NumPy aligns the elements to this many bytes. */
const ALIGNMENT = 64;
const TYPES = { f64: '<f8', f32: '<f4' };

/** Bytes of a .npy file, as `np.save` writes it. */
export function encodeNpy({ shape, type, bytes }: Omit<NamedTensor, 'name'>): Uint8Array {
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${TYPES[type]}', 'fortran_order': False, 'shape': (${tuple}), }`;
  const start = MAGIC.length + 2;
  const padding = ALIGNMENT - ((start + dictionary.length) % ALIGNMENT);
  const header = Buffer.from(`${dictionary}${' '.repeat(padding - 1)}\n`, 'latin1');
  const file = new Uint8Array(start + header.length + bytes.length);
  file.set(MAGIC);
  new DataView(file.buffer).setUint16(MAGIC.length, header.length, true);
  file.set(header, start);
  file.set(bytes, start + header.length);
  return file;
}

/**
 * Bytes of a .npz file, as `np.savez` writes it: a zip of one .npy a tensor, not compressed, for weights do not get
 * smaller. The same tensors always give the same bytes.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export function encodeNpz(tensors: readonly NamedTensor[]): Uint8Array {
  const files: Zippable = {};
  for (const tensor of tensors) files[`${tensor.name}.npy`] = encodeNpy(tensor);
  return zipSync(files, { level: 0, mtime: new Date(1980, 0, 1) }); // the first day that a zip knows
}
