import axe from 'axe-core';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { findChromium, openBrowser } from '../helpers/chromium.js';
import { writeDataset } from '../helpers/idx.js';
import { run, start, temporaryFolder } from '../helpers/run.js';

const cwd = temporaryFolder();
writeDataset(join(cwd, 'tiny'));
const FOREVER = ['--iters', '100000000', '--eval-every', '200'];

/** Starts a run with --live, and waits for its address. */
async function startLive(...args: string[]) {
  const child = start(['train', '--live', ...args], cwd);
  let stderr = '';
  const url = await new Promise<string>((resolve) =>
    child.child.stderr.on('data', (chunk) => {
      const found = /^live page: (\S+)\n/m.exec((stderr += String(chunk)));
      if (found) resolve(found[1]);
    }),
  );
  return { ...child, url };
}

test('the address goes to stderr even with --quiet; stdout has the result alone; the server ends with the run', async () => {
  const { ended, url } = await startLive('--data', 'tiny', '--iters', '50', '--batch', '7', '--json', '--quiet');
  const { status, stdout, stderr } = await ended;
  expect([status, stderr]).toEqual([0, `live page: ${url}\n`]);
  expect(JSON.parse(stdout)).toMatchObject({ iterations: 50, stopped: null });
  await expect(fetch(url)).rejects.toThrow();
});

test('a watching page changes no bit of the result', async () => {
  const options = ['--data', 'tiny', '--iters', '100000', '--batch', '7', '--hidden', '5', '--quiet'];
  const { ended, url } = await startLive(...options);
  const { body } = await fetch(`${url}events`);
  const { stdout } = await ended;
  await body?.cancel().catch(() => undefined);
  expect(stdout).toBe(run(['train', ...options], { cwd }).stdout);
});

test('one run at a time: --seeds is refused before any work', () => {
  const { status, stdout, stderr } = run(['train', '--live', '--seeds', '0..3'], { cwd });
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toBe('gd-train: --live shows a single run: leave it out, or give --seed instead of --seeds\n');
});

const executablePath = findChromium();
const isNeeded = executablePath !== undefined || Boolean(process.env.CI);
if (!isNeeded) console.warn('skipped: no Chromium on the PATH, and none named by the environment variable CHROMIUM');

(isNeeded ? describe : describe.skip)('in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('CI needs a Chromium: install one, or name it by CHROMIUM');
    browser = await openBrowser(executablePath);
  });
  afterAll(() => browser?.close());

  /** Opens the page of a run. `foreign` collects requests to other addresses, and errors of the page. */
  async function visit(url: string, width = 1280, height = 2600) {
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
    const foreign: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) foreign.push(request.url());
    });
    page.on('console', (message) => foreign.push(message.text()));
    page.on('pageerror', (error) => foreign.push(error.message));
    await page.goto(url);
    return { page, foreign };
  }
  const iteration = async (page: Page) =>
    Number((await page.locator('#live-iteration').textContent())!.replaceAll(',', ''));
  /** Waits until an element has this text. */
  const says = (page: Page, selector: string, text: RegExp) =>
    page.locator(selector).filter({ hasText: text }).waitFor({ state: 'attached', timeout: 60_000 });
  async function grows(page: Page): Promise<void> {
    const before = await iteration(page);
    while ((await iteration(page)) <= before) await page.waitForTimeout(100);
  }
  const violations = async (page: Page) => {
    await page.evaluate(axe.source);
    const found = (await page.evaluate('axe.run()')) as axe.AxeResults;
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
  };

  test('the page is updated, the pad answers with the newest net, and Stop ends the run as Ctrl-C does', async () => {
    const { ended, url } = await startLive(...FOREVER, '--lr', '0.5', '--save', 'stopped');
    const { page, foreign } = await visit(url);
    await says(page, '#live-status', /^Training\.$/);
    await page.locator('.samples button').nth(7).click();
    const tile = () => page.evaluate(`document.querySelector('.tiles canvas').toDataURL()`);
    const curve = () => page.locator('#loss-chart .curve').getAttribute('d');
    const before = [await tile(), await curve()];
    await grows(page);
    await grows(page);
    const after = [await tile(), await curve()];
    after.forEach((picture, i) => expect(picture).not.toBe(before[i]));
    // The image is not drawn again: its answer becomes right as the net learns.
    await says(page, '#answer', /^7$/);
    await says(page, '#live-test', /^[5-9]\d\.\d\d %$/);
    await page.locator('#accuracy-chart .curve').first().waitFor({ state: 'attached' });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);

    await page.click('#stop');
    const { status, stderr } = await ended;
    expect(status).toBe(130);
    expect(stderr).toContain('SIGINT: finishing this step; a second signal ends the run at once');
    expect(stderr).toMatch(/to go on: .* train --resume stopped (?!.*--save).*--live/);
    const [, done] = /([\d,]+) iterations of backprop/.exec(stderr)!;
    await says(page, '#live-status', new RegExp(`^The run ended after ${done} of 100,000,000 iterations\\.$`));
    expect(await page.locator('#stop').isVisible()).toBe(false);
    expect(await page.locator('#live-iteration').textContent()).toBe(done);
    expect(foreign).toEqual([]);

    // The page keeps its data, and the pad still answers.
    await page.locator('.samples button').nth(1).click();
    await says(page, '#answer', /^1$/);
    await page.close();
    expect(run(['evaluate', 'stopped', '--expect', 'test_accuracy>=0.5'], { cwd }).status).toBe(0);
  });

  test('a resumed run shows where it continues, and its page becomes the report at the end', async () => {
    const iterations = String(Number(await stoppedAt()) + 1500);
    const { ended, url } = await startLive('--resume', 'stopped', '--iters', iterations, '--report', 'run.html');
    const { page, foreign } = await visit(url, 375);
    expect(await page.locator('h1').textContent()).toBe('A run as it goes');
    await says(page, 'h1', /^stopped$/);
    await page.locator('#matrix').waitFor();
    expect((await ended).status).toBe(0);
    await page.locator('[data-truth="4"][data-predicted="4"]').click();
    expect(await page.locator('#cell-pictures button').count()).toBe(12);
    expect(foreign).toEqual([]);
    expect(existsSync(join(cwd, 'run.html'))).toBe(true);
    await page.close();
  });

  async function stoppedAt(): Promise<number> {
    const { stdout } = run(['evaluate', 'stopped', '--json'], { cwd });
    return (JSON.parse(stdout) as { iteration: number }).iteration;
  }

  test('parts outside the screen are drawn when the page is scrolled to them', async () => {
    const { child, ended, url } = await startLive(...FOREVER);
    const { page } = await visit(url, 1280, 700);
    await grows(page);
    expect(await page.locator('#loss-chart .curve').count()).toBe(0);
    await page.locator('#loss-chart').scrollIntoViewIfNeeded();
    await page.locator('#loss-chart .curve').waitFor();
    child.kill('SIGTERM');
    expect((await ended).status).toBe(143);
    await page.close();
  });

  test('the page of a killed run says so', async () => {
    const { child, ended, url } = await startLive(...FOREVER);
    const { page } = await visit(url);
    await says(page, '#live-status', /^Training\.$/);
    child.kill('SIGKILL');
    await ended;
    await says(page, '#live-status', /^No connection to the run: it has ended, or was killed\.$/);
    expect(await page.locator('#stop').isVisible()).toBe(false);
    await page.close();
  });

  test('closing the page does not disturb the run', async () => {
    const { child, ended, url } = await startLive(...FOREVER, '--data', 'tiny', '--batch', '7', '--json');
    for (let i = 0; i < 3; i++) {
      const { page } = await visit(url);
      await says(page, '#live-status', /^Training\.$/);
      await page.close();
    }
    child.kill('SIGINT');
    const { status, stdout } = await ended;
    expect([status, JSON.parse(stdout)]).toEqual([130, expect.objectContaining({ stopped: 'SIGINT', refusals: [] })]);
  });
});
