import { arch, cpus, hostname, release, type } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { findChromium, openBrowser } from '../helpers/chromium.js';
import { writeDataset } from '../helpers/idx.js';
import { run, start, temporaryFolder } from '../helpers/run.js';

const executablePath = findChromium();
const isNeeded = executablePath !== undefined || Boolean(process.env.CI);
if (!isNeeded) console.warn('skipped: no Chromium on the PATH, and none named by the environment variable CHROMIUM');
const inBrowser = isNeeded ? describe : describe.skip;

/** All texts of a page, including spoken attributes and those of its picture. */
const READ_PAGE = `(() => {
  const spoken = ['aria-label', 'aria-valuetext', 'aria-roledescription', 'title', 'placeholder', 'alt'];
  function read(root) {
    const texts = [];
    const walker = (root.ownerDocument ?? root).createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.nodeType === Node.ELEMENT_NODE) texts.push(...spoken.map((name) => node.getAttribute(name) ?? ''));
      else if (!/^(script|style|noscript)$/i.test(node.parentNode.nodeName)) texts.push(node.data);
    }
    return texts;
  }
  const pictures = [...document.images].map(({ src }) => {
    const bytes = Uint8Array.from(atob(src.split(',')[1]), (c) => c.charCodeAt(0));
    return new DOMParser().parseFromString(new TextDecoder().decode(bytes), 'image/svg+xml');
  });
  return [document.title, ...[document, ...pictures].flatMap(read)].map((text) => text.trim()).filter(Boolean);
})()`;

/** Names, values and keys that no language changes. */
const NAMES = [
  ...['gd-train predict', 'gd-train train --live', 'gd-train sweep', 'gd-train', 'Node.js', 'MNIST', 'SHA-256', 'UTC'],
  ...['float32', 'backprop', 'f64', 'F1', 'nat', 'Delete', 'Ctrl+Z', 'PNG', 'JPEG', 'noise.png', '784-100-10'],
  ...['mnist', 'runs', 'tiny', 'lr', 'hidden', 'seed', hostname(), type(), release(), arch(), cpus()[0].model.trim()],
];

/** The texts that contain something that reads as English. */
function english(texts: readonly string[]): string[] {
  const rest = (text: string) => NAMES.reduce((left, name) => left.replaceAll(name, ''), text);
  return texts.filter((text) => !/^[0-9a-f]{64}$/.test(text) && /[A-Za-z]/.test(rest(text)));
}

/** All numbers, sorted as text, because their order in a sentence depends on the language. */
function numbers(texts: readonly string[]): string[] {
  const date = /\d{4}-\d\d-\d\d \d\d:\d\d/g;
  return texts.flatMap((text) => text.replace(date, '').match(/\d[\d.,]*(?<![.,])/g) ?? []).sort();
}

inBrowser('in Korean', () => {
  const cwd = temporaryFolder();
  let browser: Browser;

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('CI needs a Chromium: install one, or name it by CHROMIUM');
    writeDataset(join(cwd, 'tiny'));
    run(['train', '--iters', '1200', '--lr', '0.3', '--eval-every', '300', '--log', 'log', '--save', 'mnist'], { cwd });
    browser = await openBrowser(executablePath);
  });
  afterAll(() => browser?.close());

  async function open(address: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 2600 }, reducedMotion: 'reduce' });
    await page.goto(address);
    return page;
  }
  const fileOf = (name: string) => pathToFileURL(join(cwd, name)).href;
  const read = async (page: Page) => (await page.evaluate(READ_PAGE)) as string[];
  const says = (page: Page, selector: string, text: RegExp) =>
    page.locator(selector).filter({ hasText: text }).waitFor({ state: 'attached', timeout: 60_000 });

  /** Makes a report show all its texts, and reads them after each step. */
  async function readReport(file: string): Promise<string[]> {
    const page = await open(fileOf(file));
    const texts: string[] = [];
    const note = async () => void texts.push(...(await read(page)));
    await page.locator('.tiles canvas').first().waitFor();
    await note();
    await page.locator('.samples button').nth(4).click();
    await page.locator('#matrix button').nth(3).click();
    await says(page, '#spoken', /\d+ ?%/);
    await note();
    for (const slider of ['#loss-chart .plot', '#accuracy-chart .plot', '.tiles']) {
      await page.locator(slider).press('Home');
      await note();
    }
    const noise = { name: 'noise.png', mimeType: 'image/png', buffer: Buffer.from('no picture') };
    await page.locator('#photo').setInputFiles(noise);
    await says(page, '#certainty', /noise\.png/);
    await note();
    await page.click('#clear');
    await says(page, '#answer', /^\?$/);
    // Draw two separate strokes by keys.
    const pad = page.locator('#pad');
    for (const key of ['ArrowDown', 'Space', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Space'])
      await pad.press(key);
    for (let i = 0; i < 7; i++) await pad.press('ArrowRight');
    await says(page, '#spoken', /17.*20|20.*17/); // where the pen is
    await note();
    for (const key of ['Space', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowUp']) await pad.press(key);
    await says(page, '#spoken', /%/);
    await note();
    await page.close();
    return texts;
  }

  test('the report has no English words, and the same numbers as the English one', async () => {
    const report = ['report', 'mnist', '--log', 'log', '-o'];
    run([...report, 'en.html'], { cwd });
    run([...report, 'ko.html', '--lang', 'ko'], { cwd });
    run([...report, 'env.html'], { cwd, env: { LC_ALL: 'ko_KR.UTF-8' } });
    const [inEnglish, inKorean] = [await readReport('en.html'), await readReport('ko.html')];
    expect(english(inKorean)).toEqual([]);
    expect(numbers(inKorean)).toEqual(numbers(inEnglish));
    expect(inEnglish.filter((text) => /[가-힣]/.test(text))).toEqual([]);
    const page = await open(fileOf('env.html'));
    expect(await page.evaluate('document.documentElement.lang + document.title')).toBe('komnist – gd-train 보고서');
    await page.close();
  });

  test('the page of a sweep and its picture do too', async () => {
    const grid = ['--lr', '0.1,1', '--hidden', '5,9', '--seeds', '0..1', '--iters', '60', '--eval-every', '20'];
    const sweep = ['sweep', '--data', 'tiny', '--batch', '7', ...grid, '--out', 'runs', '--report'];
    run([...sweep, 'sweep-en.html'], { cwd });
    run([...sweep, 'sweep-ko.html', '--lang', 'ko'], { cwd });
    const [inEnglish, inKorean] = [[], []] as [string[], string[]];
    for (const [texts, file] of [
      [inEnglish, 'sweep-en.html'],
      [inKorean, 'sweep-ko.html'],
    ] as const) {
      const page = await open(fileOf(file));
      await page.locator('path.run').first().waitFor({ state: 'attached' });
      texts.push(...(await read(page)));
      await page.locator('tr[data-run] button').first().click();
      texts.push(...(await read(page)));
      await page.close();
    }
    expect(inKorean).toContain('학습률');
    expect(english(inKorean)).toEqual([]);
    expect(numbers(inKorean)).toEqual(numbers(inEnglish));
  });

  test('the live page of a run does too, from its start to its end', async () => {
    const options = [
      '--iters',
      '100000000',
      '--eval-every',
      '200',
      '--lr',
      '0.5',
      '--data',
      'tiny',
      '--batch',
      '7',
      '--hidden',
      '5',
    ];
    const { child, ended } = start(['train', '--live', '--lang', 'ko', ...options], cwd);
    const url = await new Promise<string>((resolve) => {
      let stderr = '';
      child.stderr.on('data', (chunk) => {
        const found = /http:\S+/.exec((stderr += String(chunk)));
        if (found) resolve(found[0]);
      });
    });
    const page = await open(url);
    await page.locator('#accuracy-chart .curve').first().waitFor({ state: 'attached' });
    expect(english(await read(page))).toEqual([]);
    await says(page, '#live-status', /^학습하는 중입니다\.$/);
    await page.click('#stop');
    await ended;
    await says(page, '#live-status', /^전체 100,000,000번 중 [\d,]+번 반복하고 끝났습니다\.$/);
    expect(english(await read(page))).toEqual([]);
    await page.close();
  });
});
