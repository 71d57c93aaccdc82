import axe from 'axe-core';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findChromium, openBrowser } from '../helpers/chromium.js';
import { writeDataset } from '../helpers/idx.js';
import { run, temporaryFolder } from '../helpers/run.js';

const executablePath = findChromium();
const isNeeded = executablePath !== undefined || Boolean(process.env.CI);
if (!isNeeded) console.warn('skipped: no Chromium on the PATH, and none named by the environment variable CHROMIUM');
const inBrowser = isNeeded ? test : test.skip;

inBrowser("a sweep's page: curves of the ticked runs, none of the network, no barriers", async () => {
  if (executablePath === undefined) throw new Error('CI needs a Chromium: install one, or name it by CHROMIUM');
  const folder = temporaryFolder();
  writeDataset(join(folder, 'data'));
  const grid = ['--lr', '0.1,1', '--hidden', '5,9', '--seeds', '0..1', '--iters', '60', '--eval-every', '20'];
  const files = ['--out', 'runs', '--report', 'r.html'];
  expect(run(['sweep', '--data', 'data', '--batch', '7', ...grid, ...files], { cwd: folder }).status).toBe(0);

  const browser = await openBrowser(executablePath);
  try {
    const page = await browser.newPage({ viewport: { width: 900, height: 800 } });
    const requests: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requests.push(request.url().slice(0, 60)));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    const address = pathToFileURL(join(folder, 'r.html')).href;
    await page.goto(address);
    const curves = page.locator('path.run');
    await curves.first().waitFor({ state: 'attached' });
    expect(await curves.count()).toBe(8);

    await page.getByRole('checkbox', { name: '0.1', exact: true }).uncheck();
    expect([await curves.count(), await page.locator('tr[data-run]:visible').count()]).toEqual([4, 4]);
    const before = await curves.first().getAttribute('d');
    await page.getByRole('radio', { name: 'loss' }).check();
    expect(await curves.first().getAttribute('d')).not.toBe(before);
    await page.getByRole('button', { name: 'Show the curve of lr 1, hidden 9, seed 1' }).click();
    expect(await page.locator('#readout').textContent()).toBe('lr 1, hidden 9, seed 1');
    expect(await page.locator('path.run.chosen').count()).toBe(1);

    await page.evaluate(axe.source);
    const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
    expect(violations.map(({ id, nodes }) => [id, nodes[0].html])).toEqual([]);
    expect([requests.filter((url) => url !== address.slice(0, 60) && !url.startsWith('data:')), complaints]).toEqual([
      [],
      [],
    ]);
  } finally {
    await browser.close();
  }
});
