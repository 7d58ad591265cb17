import { existsSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { chromium } from '@playwright/test';
import { ACCOUNT, startProduct } from '../product.ts';
import type { Product } from '../product.ts';
import type { Row } from './row.ts';

// The editor: what the browser loads before and after it shows the flow editor, and how it drags in a flow of 500 nodes.

const DIST = fileURLToPath(new URL('../../editor/dist', import.meta.url));
const NODES = 500;
const STEPS = 120;
const QUIET_MS = 5_000;
const DEBIAN_CHROMIUM = '/usr/bin/chromium';

export async function editorRows(): Promise<Row[]> {
  const product = await startProduct();
  const browser = await chromium.launch({
    ...(existsSync(DEBIAN_CHROMIUM) ? { executablePath: DEBIAN_CHROMIUM } : {}),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const flow = await prepare(page, product);
    const loaded = await loadedFiles(page, `${product.url}/flows/${flow}`);
    const drag = await dragTimes(page);
    return [
      {
        what: 'First load of the flow editor, scripts and styles, gzip',
        value: `${Math.round(gzipKb(loaded.first))} kB in ${loaded.first.length} files`,
        bar: 'at most 320 kB',
      },
      {
        what: 'The same and all that the page takes by itself after it',
        value: `${Math.round(gzipKb(loaded.all))} kB in ${loaded.all.length} files`,
        bar: '',
      },
      {
        what: `Drag a node in a flow of ${NODES}, main thread for one move of the mouse`,
        value: `p95 ${drag.p95.toFixed(1)} ms, median ${drag.median.toFixed(1)} ms`,
        bar: 'p95 at most 33 ms',
      },
    ];
  } finally {
    await browser.close();
    await product.stop();
  }
}

/** Signs in and makes a flow of many nodes by the API of the page's own session; gives its id. */
async function prepare(page: Page, product: Product): Promise<string> {
  await page.goto(product.url);
  await page.getByLabel('E-mail').fill(ACCOUNT.email);
  await page.getByLabel('Password', { exact: true }).fill(ACCOUNT.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'New flow' }).first().waitFor();
  const answer = await page.request.post(`${product.url}/api/flows`, {
    data: { name: 'Large', flow: largeFlow() },
    headers: { origin: product.url },
  });
  const made = (await answer.json()) as { id: string };
  return made.id;
}

function largeFlow(): object {
  const columns = 25;
  const nodes = Array.from({ length: NODES }, (_, index) => ({
    id: `n${index}`,
    type: index % columns === 0 ? 'inject' : 'threshold',
    position: { x: (index % columns) * 264, y: Math.floor(index / columns) * 144 },
    config: {},
  }));
  const wires = nodes
    .filter((_, index) => index % columns !== 0)
    .map(({ id }, at) => {
      const index = Number(id.slice(1));
      return { from: [`n${index - 1}`, (index - 1) % columns === 0 ? 'out' : 'true'], to: [id, 'in'], at };
    })
    .map(({ from, to }) => ({ from, to }));
  return { format: 1, id: 'large', name: 'Large', nodes, wires };
}

interface Loaded {
  /** Taken from the server before the first node is on the screen. */
  readonly first: readonly string[];
  /** Those, and what came until the page is quiet. */
  readonly all: readonly string[];
}

/** The script and style files that the page takes from the server. */
async function loadedFiles(page: Page, url: string): Promise<Loaded> {
  const files = new Set<string>();
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/\.(js|css)$/.test(pathname)) files.add(pathname);
  });
  await page.goto(url);
  await page.locator('.react-flow__node').first().waitFor();
  const first = [...files];
  // Notices are the last: they are fetched when the page has stood for a while.
  await page.waitForTimeout(QUIET_MS);
  return { first, all: [...files] };
}

function gzipKb(files: readonly string[]): number {
  return files.reduce((sum, file) => sum + gzipSync(readFileSync(`${DIST}${file}`)).length, 0) / 1_000;
}

/** Milliseconds of main thread between a move of the mouse and the end of the frame that shows it, node dragged. */
async function dragTimes(page: Page): Promise<{ readonly p95: number; readonly median: number }> {
  // So far from the border that the canvas does not move along: it would do that for as long as the mouse waits.
  const node = page.locator('.react-flow__node').nth(1);
  const box = await node.boundingBox();
  if (box === null) throw new Error('No node is on the screen.');
  const [x, y] = [box.x + 60, box.y + 12];
  const session = await page.context().newCDPSession(page);
  // Time of the processor, so that a busy machine makes the figure no worse than the page is.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const busyMs = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1_000;
  };
  await page.mouse.move(x, y);
  await page.mouse.down();
  const times: number[] = [];
  for (let step = 1; step <= STEPS; step++) {
    const before = await busyMs();
    await page.mouse.move(x + step * 2, y + step);
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)))');
    times.push((await busyMs()) - before);
  }
  await page.mouse.up();
  const sorted = times.toSorted((a, b) => a - b);
  return {
    p95: sorted[Math.floor(STEPS * 0.95)] ?? Number.NaN,
    median: sorted[Math.floor(STEPS / 2)] ?? Number.NaN,
  };
}
