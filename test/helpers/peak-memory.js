// node peak-memory.js READER FILE: what reading a file adds to the most memory that this process has had, in bytes.
import { openImages } from '../../dist/dataset/idx.js';
import { loadTraining } from '../../dist/training/checkpoint.js';

const READERS = {
  images: (path) => openImages(path).data,
  model: loadTraining,
};

const [reader, path] = process.argv.slice(2);
const peak = () => process.resourceUsage().maxRSS * 1024;
const before = peak();
let outcome = 'done';
try {
  READERS[reader](path);
} catch (error) {
  outcome = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify({ outcome, peak: peak() - before }));
