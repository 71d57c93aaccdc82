import { readFileSync } from 'node:fs';
import { openImages } from '../../dist/dataset/idx.js';
import { readNpz } from '../../dist/formats/npz.js';
import { decodePicture } from '../../dist/pictures/decode.js';
import { loadTraining } from '../../dist/training/model-file.js';
import { peakMemory } from './resident.js';

// node peak-memory.js READER FILE: prints by how many bytes reading a file raises the peak memory of this process.

const READERS = {
  images: (path) => openImages(path).data,
  model: loadTraining,
  npz: (path) => readNpz(readFileSync(path), path),
  picture: (path) => decodePicture(readFileSync(path), path),
};

const [reader, path] = process.argv.slice(2);
const before = peakMemory();
let outcome = 'done';
try {
  await READERS[reader](path);
} catch (error) {
  outcome = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify({ outcome, peak: peakMemory() - before }));
