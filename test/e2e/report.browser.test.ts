import axe from 'axe-core';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { findChromium, openBrowser } from '../helpers/chromium.js';
import { writeDataset } from '../helpers/idx.js';
import { PICTURES } from '../helpers/pictures.js';
import { png } from '../helpers/png.js';
import { run, temporaryFolder } from '../helpers/run.js';
import { DIGITS, type Place } from '../helpers/strokes.js';

const executablePath = findChromium();
const isNeeded = executablePath !== undefined || Boolean(process.env.CI);
if (!isNeeded) console.warn('skipped: no Chromium on the PATH, and none named by the environment variable CHROMIUM');
const inBrowser = isNeeded ? describe : describe.skip;

interface Visit {
  readonly page: Page;
  /** Network requests and error messages of the page. */
  readonly requests: string[];
  readonly complaints: string[];
}

inBrowser('the report in a browser', () => {
  const folder = temporaryFolder();
  let browser: Browser;

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('CI needs a Chromium: install one, or name it by CHROMIUM');
    // Batches of 50 and a higher rate train an accurate net in less time.
    run(['train', '--iters', '6000', '--batch', '50', '--lr', '0.3', '--log', 'log', '--save', 'mnist'], {
      cwd: folder,
    });
    expect(run(['report', 'mnist', '--log', 'log', '-o', 'mnist.html'], { cwd: folder }).stderr).toContain(
      'mnist.html',
    );
    browser = await openBrowser(executablePath);
  });
  afterAll(() => browser?.close());

  async function open(file: string, width: number, colorScheme: 'light' | 'dark'): Promise<Visit> {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme, reducedMotion: 'reduce' });
    const visit: Visit = { page, requests: [], complaints: [] };
    page.on('request', (request) => visit.requests.push(request.url()));
    page.on('console', (message) => visit.complaints.push(message.text()));
    page.on('pageerror', (error) => visit.complaints.push(error.message));
    await page.goto(pathToFileURL(join(folder, file)).href);
    return visit;
  }

  const answer = (page: Page) => page.locator('#answer').textContent();
  /** Waits until an element has this text. */
  const says = (page: Page, id: string, text: RegExp) =>
    page.locator(`#${id}`).filter({ hasText: text }).waitFor({ state: 'attached', timeout: 20_000 });
  const becomes = (page: Page, digit: string) => says(page, 'answer', new RegExp(`^[${digit}]$`));

  /** Draws a digit with the mouse. */
  async function draw(page: Page, strokes: readonly (readonly Place[])[]): Promise<void> {
    const pad = page.locator('#pad');
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await pad.boundingBox())!;
    for (const [start, ...places] of strokes) {
      await page.mouse.move(x + start[0] * width, y + start[1] * height);
      await page.mouse.down();
      for (const [right, down] of places) await page.mouse.move(x + right * width, y + down * height);
      await page.mouse.up();
    }
  }

  describe.each([375, 1280])('%i px wide', (width) => {
    test.each(['light', 'dark'] as const)('%s: reads a 1 and a 0 from the mouse, and is accessible', async (scheme) => {
      const { page, requests, complaints } = await open('mnist.html', width, scheme);
      const overflow = () => page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(await answer(page)).toBe('?');

      await draw(page, DIGITS[1]);
      await becomes(page, '1');
      await page.click('#clear');
      await becomes(page, '?');
      await draw(page, DIGITS[0]);
      await becomes(page, '0');
      await says(page, 'spoken', /^0, \d+ %; then \d, /);
      const shares = await page.locator('.share').allTextContents();
      expect(shares.map(parseFloat).reduce((a, b) => a + b)).toBeCloseTo(100, 0);

      expect(await overflow()).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([page.url()]);
      await page.close();
    });
  });

  test('reads all ten digits', async () => {
    const { page } = await open('mnist.html', 1280, 'light');
    for (const [digit, strokes] of DIGITS.entries()) {
      await draw(page, strokes);
      await becomes(page, String(digit));
      await page.click('#clear');
      await becomes(page, '?');
    }
    await page.close();
  });

  test('a click draws a dot, and undo reverts one stroke at a time, and clearing too', async () => {
    const { page } = await open('mnist.html', 1280, 'light');
    const ink = () =>
      page.evaluate(
        `document.getElementById('pad').getContext('2d').getImageData(0, 0, 280, 280).data.filter((v, i) => i % 4 === 3 && v > 0).length`,
      );
    await page.locator('#pad').click({ position: { x: 100, y: 100 } });
    const dot = Number(await ink());
    expect(dot).toBeGreaterThan(200); // a disc with a diameter of 22 pixels has 394
    await draw(page, DIGITS[0]);
    await page.click('#clear');
    expect(await ink()).toBe(0);
    await page.click('#undo');
    await becomes(page, '0123456789');
    expect(Number(await ink())).toBeGreaterThan(dot);
    for (let i = 0; i < DIGITS[0].length; i++) await page.click('#undo');
    expect(await ink()).toBe(dot);
    await page.locator('#pad').press('Control+z');
    await becomes(page, '?');
    await page.click('#undo'); // nothing is left to undo
    expect(await ink()).toBe(0);
    await page.close();
  });

  test.each([360, 600, 759, 760, 800, 840, 880, 959, 960, 1000, 1280])(
    'nothing overflows a page of %i px',
    async (width) => {
      const { page } = await open('mnist.html', width, 'light');
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
      const narrowest = await page.evaluate(
        `Math.min(...[...document.querySelectorAll('.explanation')].map((e) => e.getBoundingClientRect().width))`,
      );
      expect(narrowest).toBeGreaterThan(200);
      await page.close();
    },
  );

  test('printed paper is white with dark ink, also from a dark screen', async () => {
    const { page } = await open('mnist.html', 718, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    const style = (property: string) =>
      page.evaluate(`getComputedStyle(document.documentElement).getPropertyValue('${property}')`);
    expect([await style('--ink'), await style('background-color'), await style('color-scheme')]).toEqual([
      '#1d1d1b',
      'rgba(0, 0, 0, 0)',
      'light',
    ]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect((await page.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await page.close();
  });

  test('draws by keyboard', async () => {
    const { page, complaints } = await open('mnist.html', 1280, 'light');
    await page.locator('#pad').focus();
    await page.keyboard.press('Space');
    for (let i = 0; i < 13; i++) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await becomes(page, '1');
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('#pen').isVisible()).toBe(true);
    await says(page, 'spoken', /^Pen up, column 9, row 17 of 20$/);
    await page.keyboard.press('Delete');
    await becomes(page, '?');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a finger draws, and the page does not scroll under it', async () => {
    const context = await browser.newContext({ viewport: { width: 375, height: 800 }, hasTouch: true, isMobile: true });
    const page = await context.newPage();
    await page.goto(pathToFileURL(join(folder, 'mnist.html')).href);
    const { x, y, width, height } = (await page.locator('#pad').boundingBox())!;
    const session = await context.newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: [number, number][]) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) });
    await touch('touchStart', [[x + width / 2, y + 0.2 * height]]);
    for (let i = 1; i <= 10; i++) await touch('touchMove', [[x + width / 2, y + (0.2 + 0.06 * i) * height]]);
    await touch('touchEnd', []);
    await becomes(page, '1');
    expect(await page.evaluate('scrollY')).toBe(0);
    await context.close();
  });

  test('test images and mistakes can be put on the pad by keyboard, and are classified as by the model', async () => {
    const { page } = await open('mnist.html', 1280, 'dark');
    await page.locator('.samples button').nth(7).press('Enter');
    await becomes(page, '7'); // the first test image, which every trained net classifies correctly
    const mistake = page.locator('#mistakes button').first();
    const [, predicted, share] = /(\d)\? (\S+) %/.exec((await mistake.locator('.said').textContent())!)!;
    await mistake.press('Enter');
    await becomes(page, predicted);
    expect(await page.locator('.best .share').textContent()).toBe(`${share} %`);
    expect(await page.evaluate('document.activeElement.id')).toBe('pad');
    await page.close();
  });

  test('curves and hidden units show their values to pointer and keyboard', async () => {
    const { page } = await open('mnist.html', 1280, 'light');
    const plot = page.locator('#loss-chart .plot');
    const readout = page.locator('#loss-chart .readout');
    expect(await readout.textContent()).toMatch(/^iterations 5,984–5,999 loss 0\.[01]\d\d$/);
    await plot.press('Home');
    expect(await readout.textContent()).toMatch(/^iterations 0–15 loss 2\.[23]\d$/);
    await plot.hover({ position: { x: 52 + ((await plot.boundingBox())!.width - 74) / 2, y: 100 } });
    expect(await readout.textContent()).toMatch(/^iterations (2,9|3,0)\d\d–\S+ loss 0\.[12]\d\d$/);
    await page.locator('#accuracy-chart .plot').press('Home');
    expect(await page.locator('#accuracy-chart .plot').getAttribute('aria-valuetext')).toMatch(
      /^iteration 1,200: test 9\d\.\d\d %, train 9\d\.\d\d %$/,
    );
    const tiles = page.locator('.tiles');
    expect(await tiles.locator('canvas').count()).toBe(100);
    await tiles.press('ArrowDown');
    expect(await tiles.getAttribute('aria-valuetext')).toMatch(/^Unit 20: most for \d/);
    await page.close();
  });

  describe('the images of a cell of the confusion matrix', () => {
    const titles = (page: Page) =>
      page.locator('#cell-pictures button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel ?? ''));

    test('are shown on a click and on Enter, up to a limit, each classified as by the model', async () => {
      const { page, complaints } = await open('mnist.html', 1280, 'light');
      const cell = page.locator('[data-truth="4"][data-predicted="9"]');
      const count = Number(await cell.textContent());
      await cell.click();
      const found = await titles(page);
      expect(found).toHaveLength(Math.min(12, count));
      const indices = found.map((title) =>
        Number(/^Test image (\d+): a 4, taken for a 9 with probability \d+\.\d %$/.exec(title)![1]),
      );
      const { stdout } = run(['predict', 'mnist', '--index', indices.join(), '--json'], { cwd: folder });
      const { results } = JSON.parse(stdout) as { results: { label: number; digit: number; confidence: number }[] };
      expect(results.map(({ label, digit }) => `${label} ${digit}`)).toEqual(indices.map(() => '4 9'));
      const shares = results.map(({ confidence }) => `${(100 * confidence).toFixed(1)} %`);
      expect(await page.locator('#cell-pictures .said').allTextContents()).toEqual(shares);
      expect(await page.locator('#cell-title').textContent()).toMatch(/^(12 of )?\d+ images? of a 4, taken for a 9:$/);
      expect(await violations(page)).toEqual([]);

      await page.locator('#cell-pictures button').first().press('Enter');
      await becomes(page, '9');
      expect(await page.locator('.best .share').textContent()).toBe(shares[0]);
      expect(complaints).toEqual([]);
      await page.close();
    });

    test('arrow keys go from cell to cell, with one stop of the Tab key', async () => {
      const { page } = await open('mnist.html', 375, 'dark');
      expect(await page.locator('#matrix button[tabindex="0"]').count()).toBe(1);
      await page.locator('[data-truth="0"][data-predicted="0"]').focus();
      for (const key of ['ArrowDown', 'ArrowDown']) await page.keyboard.press(key);
      const focused = () =>
        page.evaluate('[document.activeElement.dataset.truth, document.activeElement.dataset.predicted].map(Number)');
      const [row, column] = (await focused()) as number[];
      expect([row > 1, column]).toEqual([true, 0]);
      await page.keyboard.press('ArrowUp');
      await page.keyboard.press('Enter');
      expect((await titles(page)).length).toBeGreaterThan(0);
      expect(await page.locator('#matrix button[aria-pressed="true"]').count()).toBe(1);
      expect(await page.locator('#matrix button[tabindex="0"]').count()).toBe(1);
      await page.close();
    });

    test('precision, recall, F1 and support are those of evaluate --json', async () => {
      const { page } = await open('mnist.html', 1280, 'light');
      const { precision, recall, f1, support, macro } = JSON.parse(
        run(['evaluate', 'mnist', '--json'], { cwd: folder }).stdout,
      ) as Record<'precision' | 'recall' | 'f1' | 'support', number[]> & {
        macro: Record<'precision' | 'recall' | 'f1', number>;
      };
      const text = (values: number[], count: number) => [
        ...values.map((value) => (100 * value).toFixed(1)),
        count.toLocaleString('en-US'),
      ];
      const rows = await page
        .locator('.measures tbody tr, .measures tfoot tr')
        .evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)));
      expect(rows).toEqual([
        ...support.map((count, k) => text([precision[k], recall[k], f1[k]], count)),
        text([macro.precision, macro.recall, macro.f1], 10_000),
      ]);
      await page.close();
    });
  });

  describe('a photo on the pad', () => {
    const photos = readdirSync(PICTURES).filter((name) => /\.(png|jpg)$/.test(name));
    const predict = (file: string) =>
      (
        JSON.parse(run(['predict', 'mnist', join(PICTURES, file), '--json'], { cwd: folder }).stdout) as {
          results: { digit: number; confidence: number; notes: { kind: string; text: string }[] }[];
        }
      ).results[0];

    test('is read as by predict: digits on paper, upside down, coloured, transparent, from a camera', async () => {
      const { page, requests, complaints } = await open('mnist.html', 1280, 'light');
      for (const file of photos) {
        await page.click('#clear');
        await becomes(page, '?');
        const { digit, confidence } = predict(file);
        await page.setInputFiles('#photo', join(PICTURES, file));
        await becomes(page, String(digit));
        // Browsers decode and reduce photos by algorithms that differ from those of sharp.
        const share = parseFloat((await page.locator('.best .share').textContent())!) / 100;
        expect(Math.abs(share - confidence)).toBeLessThan(0.02);
      }
      expect([requests, complaints]).toEqual([[page.url()], []]);
      await page.close();
    });

    test('comes with the notes of predict', async () => {
      const { page } = await open('mnist.html', 1280, 'light');
      for (const file of readdirSync(join(PICTURES, 'not-only-ink'))) {
        const { digit, notes } = predict(`not-only-ink/${file}`);
        await page.setInputFiles('#photo', join(PICTURES, 'not-only-ink', file));
        await becomes(page, String(digit));
        for (const { text } of notes) await page.locator('#certainty').filter({ hasText: text }).waitFor();
        await page.click('#clear');
        await becomes(page, '?');
      }
      await page.close();
    });

    test('may be dropped or pasted; blank pictures and other files are refused with a message', async () => {
      const { page, complaints } = await open('mnist.html', 1280, 'light');
      /** Passes the page a file by an event that a user would cause. */
      const give = (event: 'drop' | 'paste', bytes: Uint8Array) =>
        page.evaluate(`{
          const transfer = new DataTransfer();
          const bytes = Uint8Array.from(atob('${Buffer.from(bytes).toString('base64')}'), (c) => c.charCodeAt(0));
          transfer.items.add(new File([bytes], 'photo', { type: 'image/png' }));
          const init = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
          const event = '${event}' === 'drop' ? new DragEvent('drop', init) : new ClipboardEvent('paste', init);
          document.getElementById('pad').dispatchEvent(event);
        }`);
      await give('drop', readFileSync(join(PICTURES, '3-thick.png')));
      await becomes(page, '3');
      await give('paste', readFileSync(join(PICTURES, '7-yellow-palette.png')));
      await becomes(page, '7');
      await page.click('#undo');
      await becomes(page, '3');
      await give(
        'paste',
        png({ columns: 60, rows: 60, colorType: 0, depth: 8, samples: new Uint8Array(3600).fill(200) }),
      );
      await says(page, 'certainty', /^The photo is blank/);
      await give('drop', Buffer.from('no picture'));
      await says(page, 'certainty', /^This browser cannot read photo as a picture: save it as PNG or JPEG\.$/);
      expect(complaints).toEqual([]);
      await page.close();
    });
  });

  test('images of another size, few hidden units, float32, no log, and a name that contains HTML', async () => {
    const name = `<img src=x onerror=alert(1)>'"&.safetensors`;
    writeDataset(join(folder, 'tiny'));
    const data = ['--data', 'tiny'];
    const cwd = folder;
    run(['train', ...data, '--hidden', '3', '--precision', 'f32', '--iters', '50', '--save', name], { cwd });
    expect(run(['report', name, ...data, '-o', 'tiny.html'], { cwd }).status).toBe(0);
    const { page, requests, complaints } = await open('tiny.html', 375, 'light');
    expect(await page.locator('h1').textContent()).toBe(name);
    expect(await page.title()).toBe(`${name} – gd-train report`);
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('#curves').textContent()).toContain('--log FILE');
    expect(await page.locator('.tiles canvas').first().getAttribute('width')).toBe('4');
    await draw(page, DIGITS[1]);
    await says(page, 'answer', /^\d$/);
    expect(await violations(page)).toEqual([]);
    expect([requests, complaints]).toEqual([[page.url()], []]);
    await page.close();
  });
});

/** Violations that axe finds, by the rules of WCAG A and AA and its best practices. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
