import { execFileSync } from 'node:child_process';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProduct } from '../product.ts';
import type { Product, ProductOptions } from '../product.ts';
import type { Api } from './api.ts';
import { deployFlow, signIn } from './api.ts';

const WARM = fileURLToPath(new URL('../../runtime/warm.js', import.meta.url));
let isWarm = false;

/** As `npm start` does before each start where something has changed: the compiled code is kept. */
export function warm(): void {
  if (!isWarm) execFileSync(process.execPath, [WARM]);
  isWarm = true;
}

export interface Sluice {
  readonly product: Product;
  readonly api: Api;
  /** Id of the connection to the broker that was given. */
  readonly connection: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the whole product, as a user has it, with a connection to a broker and nothing deployed. */
export async function startSluice(brokerUrl: string, options: ProductOptions = {}): Promise<Sluice> {
  warm();
  const product = await startProduct(options);
  try {
    const api = await signIn(product);
    const made = await api.post('/api/connections', {
      name: 'Bench',
      type: 'mqtt',
      config: { url: brokerUrl },
    });
    return {
      product,
      api,
      connection: String(made['id']),
      pid: product.pid,
      stop: async () => void (await product.stop()),
    };
  } catch (error) {
    await product.stop();
    throw error;
  }
}

/** Starts it with one flow running. */
export async function startSluiceWith(
  brokerUrl: string,
  flowOn: (connection: string) => { readonly name: string },
  options: ProductOptions = {},
): Promise<Sluice> {
  const sluice = await startSluice(brokerUrl, options);
  try {
    await deployFlow(sluice.api, flowOn(sluice.connection));
    return sluice;
  } catch (error) {
    await sluice.stop();
    throw error;
  }
}

/** Copies Node into a folder. A product that runs on it shares no memory with the bench, which `memoryOf` needs. */
export async function withOwnNode(folder: string): Promise<ProductOptions> {
  await copyFile(process.execPath, join(folder, 'node'));
  return { nodeFolder: folder };
}
