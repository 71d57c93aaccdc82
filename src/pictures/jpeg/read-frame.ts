import { InputError } from '../../errors.js';
import { checkSize, LONGEST } from '../picture.js';

const { ceil, floor, log2, max, min, sqrt } = Math;

/** The frame of a JPEG (SOF), and the coefficients that its scans fill. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  readonly isProgressive: boolean;
  /** Size of the picture that it becomes, of its own: 1, 1/2, 1/4 or 1/8 */
  readonly reduction: number;
  /** Blocks in a row and a column of units (MCU) of a scan of all components */
  readonly unitsAcross: number;
  readonly unitsDown: number;
  readonly components: readonly Component[];
}

export interface Component {
  readonly id: number;
  /** Its blocks in each unit */
  readonly across: number;
  readonly down: number;
  /** Its samples for each pixel of the picture that the frame becomes: 1, or less in a color of fewer samples */
  readonly shareAcross: number;
  readonly shareDown: number;
  /** Samples that remain of the 8 x 8 of a block, each way: 8, 4, 2 or 1 */
  readonly scale: number;
  /** Lowest frequencies that are kept of each block, each way: 8 is all, and the highest matter least when reduced */
  readonly kept: number;
  /** Of the 64 coefficients in the order of the file: their places among those kept, or -1 */
  readonly places: Int32Array;
  /** Blocks in a row, the filling of the last unit included, and those that hold pixels */
  readonly stride: number;
  readonly blocksAcross: number;
  readonly blocksDown: number;
  readonly quantization: number;
  /** (blocks, kept, kept), vertical frequencies first, as yet without their quantization */
  readonly coefficients: Int16Array;
  /** (blocks, 64) bits, in the order of the file: which coefficients are not 0. Only of a progressive frame. */
  readonly isNonzero: Uint8Array;
}

/** Row and column of the coefficients in the order of the file: zigzag from the upper left (T.81, figure A.6). */
const ZIGZAG = Array.from({ length: 64 }, (_, i) => ({ v: i >> 3, u: i & 7 })).sort(
  (a, b) => a.u + a.v - b.u - b.v || ((a.u + a.v) % 2 === 0 ? b.v - a.v : a.v - b.v),
);

/** Bytes for the coefficients: enough for all of a photo of 12 million pixels whose colors have half its samples. */
const MOST_MEMORY = 40e6;

/**
 * Reads the frame's header, and takes memory for the picture as it will be: one of more than 1024 rows or columns is
 * reduced to a half, a quarter or an eighth, since nothing that follows can use more.
 *
 * @param type of frame, 0 … 15: 0 and 1 are sequential, 2 is progressive, others are rare
 * @param segment its header, without the marker and the length
 * @param fileSize in bytes
 * @throws InputError if the picture is not of three colours or grey, of 8 bits each, or too large
 */
export function readFrame(type: number, segment: Uint8Array, fileSize: number, name: string): Frame {
  const refuse = (what: string) => new InputError(`${name} is a JPEG ${what}: save it as a plain JPEG or PNG`);
  if (type > 2) throw refuse(`of a rare kind (SOF${type})`);
  const [bits, rows, columns, count] = [
    segment[0],
    segment[1] * 256 + segment[2],
    segment[3] * 256 + segment[4],
    segment[5],
  ];
  if (segment.length < 6 || segment.length < 6 + 3 * count) throw new Error('its frame is cut off');
  checkSize(rows, columns, name);
  if (bits !== 8) throw refuse(`of ${bits} bits a sample`);
  if (count !== 1 && count !== 3) throw refuse(`of ${count} colors${count === 4 ? ' (CMYK)' : ''}`);
  if (fileSize * 8 < (rows * columns) / 64)
    throw new Error(`${fileSize} bytes cannot hold ${columns} x ${rows} pixels`);
  const list = Array.from({ length: count }, (_, i) => segment.subarray(6 + 3 * i, 9 + 3 * i));
  const factors = list.map(([id, sampling, quantization]) => ({
    id,
    quantization: quantization & 3,
    // A single component is not divided, whatever it says.
    across: count === 1 ? 1 : sampling >> 4,
    down: count === 1 ? 1 : sampling & 15,
  }));
  if (factors.some(({ across, down }) => across < 1 || across > 4 || down < 1 || down > 4)) {
    throw new Error('its frame has sampling factors that are not 1 to 4');
  }
  const [mostAcross, mostDown] = [max(...factors.map((c) => c.across)), max(...factors.map((c) => c.down))];
  const [unitsAcross, unitsDown] = [ceil(columns / 8 / mostAcross), ceil(rows / 8 / mostDown)];
  const reduction = 1 / min(8, 2 ** floor(log2(ceil(max(rows, columns) / LONGEST))));
  const isProgressive = type === 2;
  const blocksOf = ({ across, down }: { across: number; down: number }) => unitsAcross * across * unitsDown * down;
  const allBlocks = factors.reduce((sum, factor) => sum + blocksOf(factor), 0);
  const kept = min(8, floor(sqrt(MOST_MEMORY / 2 / allBlocks)));
  const places = Int32Array.from(ZIGZAG, ({ u, v }) => (u < kept && v < kept ? v * kept + u : -1));
  const components = factors.map((factor) => {
    const { across, down } = factor;
    const [ofRows, ofColumns] = [down / mostDown, across / mostAcross];
    // A color of half the samples has to be reduced by half as much.
    const scale = 8 * min(1, reduction / (ofRows === ofColumns ? 2 ** floor(log2(ofRows)) : 1));
    const blocks = blocksOf(factor);
    return {
      ...factor,
      shareAcross: (ofColumns * scale) / 8 / reduction,
      shareDown: (ofRows * scale) / 8 / reduction,
      scale,
      kept,
      places,
      stride: unitsAcross * across,
      blocksAcross: ceil(ceil(columns * ofColumns) / 8),
      blocksDown: ceil(ceil(rows * ofRows) / 8),
      coefficients: new Int16Array(blocks * kept * kept),
      isNonzero: new Uint8Array(isProgressive ? blocks * 8 : 0),
    };
  });
  return { rows, columns, isProgressive, reduction, unitsAcross, unitsDown, components };
}
