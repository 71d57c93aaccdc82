import { decodePage, PAGE_DATA_ID, unpackWeights } from '../data.js';
import { openCurves } from './curves.js';
import { element, inflate } from './elements.js';
import { openHiddenUnits } from './hidden-units.js';
import { openLive, whenVisible } from './live.js';
import { openCells, openPictures } from './pictures.js';
import { openRecognition } from './recognition.js';

// The script of the page: it unpacks the data of the page and fills the elements of its HTML. pad.ts and recognition.ts:
// the pad and what the net sees; curves.ts, pictures.ts and hidden-units.ts: the sections below it; live.ts: new data of a
// run that goes on; elements.ts: what they share. sweep.ts is the script of the page of a sweep.

void openPage();

async function openPage(): Promise<void> {
  const page = decodePage(await inflate(document.getElementById(PAGE_DATA_ID)!.textContent));
  const net = unpackWeights(page.weights);
  const recognition = openRecognition(net, page.images);
  openPictures(page.pictures, recognition);
  openCells(page, recognition);
  const showUnits = openHiddenUnits(net, page.images);
  const showCurves = openCurves();
  if (page.history) showCurves(page.history);
  const [drawCurves, drawUnits] = ['curves', 'units'].map((id) => whenVisible(element(id, HTMLElement)));
  openLive(({ weights, history }) => {
    const net = unpackWeights(weights);
    recognition.setNet(net);
    drawUnits(() => showUnits(net));
    if (history) drawCurves(() => showCurves(history));
  });
}
