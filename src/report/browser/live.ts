import { formatCount } from '../../errors.js';
import type { Bucket } from '../../training/history.js';
import { percent } from '../html.js';
import { decodePage, type PageData } from '../data.js';
import { element, inflate, translate } from './elements.js';

/** Shows the data that the server of a run sends, and lets the user stop the run; does nothing on a report. */
export function openLive(show: (page: PageData) => void): void {
  if (document.getElementById('live') === null) return;
  const status = element('live-status', HTMLElement);
  const stop = element('stop', HTMLButtonElement);
  const events = new EventSource('events');
  let latest: string | undefined;

  /** Draws the latest data, unless the page is hidden. */
  async function draw(): Promise<void> {
    if (latest === undefined || document.hidden) return;
    const packed = latest;
    latest = undefined;
    const page = decodePage(await inflate(packed));
    showFigures(page);
    show(page);
  }

  events.addEventListener('message', ({ data }) => {
    latest = data as string;
    if (!stop.disabled) status.textContent = translate('Training.');
    void draw();
  });
  document.addEventListener('visibilitychange', () => void draw());
  events.addEventListener('error', () => {
    status.textContent = translate('No connection to the run: it has ended, or was killed.');
    stop.hidden = true;
  });
  events.addEventListener('open', () => {
    stop.hidden = false;
  });
  events.addEventListener('end', ({ data }) => {
    events.close();
    const { text, hasReport } = JSON.parse(data as string) as { text: string; hasReport: boolean };
    if (hasReport) return location.reload(); // the server now sends the report
    status.textContent = translate(text);
    stop.hidden = true;
  });
  stop.addEventListener('click', () => {
    stop.disabled = true;
    status.textContent = translate('Stopping after this step.');
    void fetch('stop', { method: 'POST' });
  });
}

/**
 * Draws only while an element is on the screen, because drawing takes time from the run.
 *
 * @returns a function that takes a drawing and calls the latest one now, or once the element is visible
 */
export function whenVisible(target: Element): (draw: () => void) => void {
  let isVisible = false;
  let pending: (() => void) | undefined;
  function drawPending(): void {
    if (!isVisible) return;
    pending?.();
    pending = undefined;
  }
  new IntersectionObserver((entries) => {
    isVisible = entries.at(-1)!.isIntersecting;
    drawPending();
  }).observe(target);
  return (draw) => {
    pending = draw;
    drawPending();
  };
}

function showFigures({ iteration, history }: PageData): void {
  const last = (buckets: readonly Bucket[] | undefined) => buckets?.at(-1);
  element('live-iteration', HTMLElement).textContent = formatCount(iteration);
  const [test, train] = [last(history?.test), last(history?.train)];
  if (test) element('live-test', HTMLElement).textContent = translate(percent(test.mean));
  if (train) element('live-train', HTMLElement).textContent = translate(percent(train.mean));
}
