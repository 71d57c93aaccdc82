import { openCurves } from './curves.js';
import { openHiddenUnits } from './hidden-units.js';
import { openMistakes } from './mistakes.js';
import { readPageData } from './read-page-data.js';
import { openRecognition } from './recognition.js';

const { net, images, mistakes, samples, curves } = readPageData();
const recognition = openRecognition(net, images, samples);
openMistakes(mistakes, recognition);
openHiddenUnits(net, images);
if (curves) openCurves(curves);
