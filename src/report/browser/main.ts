import { decodePage, PAGE_DATA_ID, type PageData, unpackWeights } from '../page-data.js';
import { openCurves } from './curves.js';
import { openHiddenUnits } from './hidden-units.js';
import { openCells, openPictures } from './pictures.js';
import { openRecognition } from './recognition.js';

// The script of the page: it unpacks the data that the page carries and fills the elements that the HTML has for them.

void openPage();

async function openPage(): Promise<void> {
  const page = decodePage(await inflate(document.getElementById(PAGE_DATA_ID)!.textContent));
  const net = unpackWeights(page.weights);
  const recognition = openRecognition(net, page.images);
  openPictures(page.pictures, recognition);
  openCells(page, recognition);
  openHiddenUnits(net, page.images);
  const showCurves = openCurves();
  const show = ({ history }: PageData) => history && showCurves(history);
  show(page);
}

/** The bytes of a text in base64 of data that zlib compressed. */
async function inflate(base64: string): Promise<Uint8Array> {
  const compressed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('deflate'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
