// Redraws the pictures of the README: `npm run build && npm run pictures`. A command of the program makes each one. The
// picture of the report needs Chromium, on the PATH or named by CHROMIUM; without it the old picture stays.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import sharp from 'sharp';

const BIN = fileURLToPath(new URL('../bin/gd-train.js', import.meta.url));
const OUT = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
/** Limit on the size of a picture in bytes, for readers with a slow connection. */
const LARGEST = 60_000;

const VALLEY = ['--fn', 'x0^2/20 + x1^2', '--init=-7,2', '--steps', '30'];
const FOUR = ['--optimizer', 'sgd,momentum,adagrad,adam', '--lr', '0.95,0.1,1.5,0.3'];
/** The pictures: `before` are commands that run first, `draw` makes the PNG, as a path or bytes, from the name. */
const PICTURES = [
  { name: 'descent', draw: plot(['descend', '--lr', '0.1']) },
  { name: 'tangent', draw: plot(['diff', '--at', '3', '--h', '1', '--method', 'forward']) },
  { name: 'gradient', draw: plot(['gradient']) },
  { name: 'optimizers', draw: plot(['descend', ...VALLEY, ...FOUR]) },
  { name: 'steps', draw: plot(['diff', '--fn', 'sin(x)', '--at', '1', '--sweep']) },
  {
    name: 'sweep',
    draw: plot(['sweep', '--lr', '0.01,0.03,0.1,0.3,1,3', '--hidden', '20,100', '--seeds', '0..2', '--iters', '600']),
  },
  {
    name: 'report',
    before: [
      ['train', '--iters', '10000', '--save', 'mnist', '--log', 'log'],
      ['report', 'mnist', '--log', 'log', '-o', 'report.html'],
    ],
    draw: screenshot('report.html'),
  },
];

const folder = mkdtempSync(join(tmpdir(), 'gd-train-pictures-'));
try {
  mkdirSync(OUT, { recursive: true });
  for (const { name, before = [], draw } of PICTURES) {
    for (const args of before) run(args);
    const png = await draw(name);
    if (png === undefined) continue;
    const file = join(OUT, `${name}.png`);
    writeFileSync(file, await shrink(png));
    console.log(`${file}  ${statSync(file).size.toLocaleString('en')} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(args) {
  execFileSync(process.execPath, [BIN, ...args, '--quiet'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

function plot(args) {
  return (name) => {
    run([...args, '--plot', `${name}.png`]);
    return join(folder, `${name}.png`);
  };
}

function screenshot(page) {
  return async (name) => {
    const executablePath = findChromium();
    if (executablePath === undefined) {
      console.log(`${name}.png stays as it is: no Chromium on the PATH, and none named by CHROMIUM`);
      return undefined;
    }
    const browser = await chromium.launch({ executablePath, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
    try {
      const tab = await browser.newPage({ viewport: { width: 1080, height: 1250 }, reducedMotion: 'reduce' });
      await tab.goto(pathToFileURL(join(folder, page)).href);
      await tab.locator('#samples-title ~ * button').nth(7).click(); // the pad with a test image, and the net's answer
      await tab.mouse.move(0, 0);
      return await tab.screenshot();
    } finally {
      await browser.close();
    }
  };
}

function findChromium() {
  const { CHROMIUM, PATH = '' } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const paths = PATH.split(delimiter).flatMap((directory) => names.map((name) => join(directory, name)));
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A PNG at most 860 pixels wide, with the most colours that fit the limit. */
async function shrink(png) {
  for (let quality = 100; quality > 0; quality -= 5) {
    const small = await sharp(png)
      .resize({ width: 860, withoutEnlargement: true })
      .png({ palette: true, quality, dither: 0, effort: 10, compressionLevel: 9 })
      .toBuffer();
    if (small.length <= LARGEST) return small;
  }
  throw new Error(`a picture has more than ${LARGEST} bytes with any number of colours`);
}
