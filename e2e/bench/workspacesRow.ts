import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Product } from '../product.ts';
import { startProduct } from '../product.ts';
import type { Api } from './api.ts';
import { apiWith, cookieIn, createFlow, signIn } from './api.ts';
import { residentMb } from './processes.ts';
import { silentFlow } from './productFlows.ts';
import type { Row } from './row.ts';
import { megabytes, median } from './row.ts';
import { warm } from './sluice.ts';

// A hundred workspaces with ten flows each, none of which runs: how long a start takes and what they cost while nobody
// comes.

const WORKSPACES = 100;
const FLOWS = 10;
const START_SECONDS = 20;

interface Measured {
  readonly seconds: number;
  readonly memory: number;
  readonly processes: number;
}

export async function workspacesRows(rounds: number): Promise<Row[]> {
  warm();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  try {
    const empty = await measured(folder, rounds);
    await withProduct(folder, fill);
    const full = await measured(folder, rounds);
    const what = `${WORKSPACES} workspaces with ${FLOWS} flows each, all stopped`;
    return [
      {
        what: `${what}: from the command to ready`,
        value: `${full.seconds.toFixed(2)} s`,
        against: `with one workspace ${empty.seconds.toFixed(2)} s`,
        ratio: full.seconds / empty.seconds,
        bar: `under ${START_SECONDS} s`,
        isMet: full.seconds < START_SECONDS,
      },
      {
        what: `${what}: processes more than with one, and memory`,
        value: `${full.processes - empty.processes}, ${megabytes(full.memory - empty.memory)}`,
        bar: '0 processes',
        isMet: full.processes === empty.processes,
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measured(folder: string, rounds: number): Promise<Measured> {
  const found: Measured[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await withProduct(folder, async ({ pid }) => {
      const seconds = (performance.now() - start) / 1_000;
      const { total, processes } = residentMb(pid);
      found.push({ seconds, memory: total, processes });
    });
  }
  return {
    seconds: median(found.map(({ seconds }) => seconds)),
    memory: median(found.map(({ memory }) => memory)),
    processes: Math.max(...found.map(({ processes }) => processes)),
  };
}

async function withProduct(folder: string, use: (product: Product) => Promise<void>): Promise<void> {
  const product = await startProduct({ folder });
  try {
    await use(product);
  } finally {
    await product.stop();
  }
}

async function fill(product: Product): Promise<void> {
  let api = await signIn(product);
  for (let count = 0; count < WORKSPACES; count++) {
    const { id } = await api.post('/api/workspaces', { name: `Customer ${count}` });
    api = await goTo(product, api, String(id));
    for (let flow = 0; flow < FLOWS; flow++) {
      await createFlow(api, silentFlow({ connection: 'broker', qos: 0 }, flow));
    }
  }
}

/** Another workspace is another session. */
async function goTo(product: Product, { cookie }: Api, workspace: string): Promise<Api> {
  const answer = await fetch(`${product.url}/api/session/workspace`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', cookie, origin: product.url },
    body: JSON.stringify({ workspace }),
  });
  if (!answer.ok) throw new Error(`Going to the workspace ${workspace} failed: ${await answer.text()}`);
  return apiWith(product, cookieIn(answer) || cookie);
}
