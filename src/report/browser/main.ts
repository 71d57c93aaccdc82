import type { TwoLayerNet } from '../../network/two-layer-net.js';
import { type Curves, type ImageSize, PAGE_DATA_ID, type PageData } from '../data.js';
import { unpackWeights } from '../weights.js';
import { openCurves } from './chart.js';
import { openHiddenUnits } from './hidden-units.js';
import { openMistakes, openRecognition } from './recognition.js';

const { net, images, mistakes, samples, curves } = readPageData();
const recognition = openRecognition(net, images, samples);
openMistakes(mistakes, recognition);
openHiddenUnits(net, images);
if (curves) openCurves(curves);

/** What the page was given, unpacked. Pictures are (rows * columns), in [0, 1]. */
export interface UnpackedPageData {
  readonly net: TwoLayerNet;
  readonly images: ImageSize;
  readonly mistakes: readonly Float64Array[];
  readonly samples: readonly Float64Array[];
  readonly curves: Curves | null;
}

/** Reads the data that the page carries. */
export function readPageData(): UnpackedPageData {
  const { weights, images, mistakes, samples, curves } = JSON.parse(
    document.getElementById(PAGE_DATA_ID)!.textContent,
  ) as PageData;
  const picture = (base64: string) => Float64Array.from(bytesOf(base64), (pixel) => pixel / 255);
  return {
    net: unpackWeights({ ...weights, bytes: bytesOf(weights.bytes) }),
    images,
    mistakes: mistakes.map(picture),
    samples: samples.map(picture),
    curves,
  };
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
