import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { endChild, freePort, startChild } from './children.ts';

// Node-RED as a peer. It is no dependency of the product: the bench installs it from its npm package into a folder of its
// own, which PEER_DIR names where it should be kept.

const VERSION = '5.0.7';
/** A line of Node with long-term support that Node-RED 5 asks for, and the one that the bars were set with. */
const NODE_VERSION = '24.21.0';
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`;
const FOLDER =
  process.env['PEER_DIR'] ?? join(tmpdir(), `sluice-bench-node-red-${VERSION}-node-${NODE_VERSION}`);
const PROGRAM = join(FOLDER, 'node_modules', 'node-red', 'red.js');
const NODE = join(FOLDER, 'node_modules', NODE_PACKAGE, 'bin', 'node');
const INSTALL_MS = 300_000;

export const NODE_RED = `Node-RED ${VERSION}`;
export const NODE_RED_ON = `${NODE_RED} on Node ${NODE_VERSION}`;

/** Its shipped settings, but for loopback only and no looking for news. */
const SETTINGS = `module.exports = {
  flowFile: 'flows.json', uiHost: '127.0.0.1', credentialSecret: 'bench',
  telemetry: { enabled: false, updateNotification: false },
  logging: { console: { level: 'info', metrics: false, audit: false } },
  editorTheme: { palette: { catalogues: [] }, tours: false },
};
`;

let installed: Promise<boolean> | undefined;

/** Installs it where it is not there yet. False when it could not be had. */
export function hasNodeRed(): Promise<boolean> {
  installed ??= install();
  return installed;
}

const isThere = () => existsSync(PROGRAM) && existsSync(NODE);

async function install(): Promise<boolean> {
  if (isThere()) return true;
  await mkdir(FOLDER, { recursive: true });
  console.error(`Installing ${NODE_RED} into ${FOLDER}`);
  const args = [
    'install',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--prefix',
    FOLDER,
    `node-red@${VERSION}`,
    `${NODE_PACKAGE}@${NODE_VERSION}`,
  ];
  try {
    await promisify(execFile)('npm', args, { cwd: FOLDER, timeout: INSTALL_MS });
  } catch (error) {
    console.error(
      `${NODE_RED} could not be installed: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return isThere();
}

export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts it with these flows, in a new folder. */
export async function startNodeRed(folder: string, flows: readonly object[]): Promise<Running> {
  const home = await mkdtemp(join(folder, 'node-red-'));
  await writeFile(join(home, 'flows.json'), JSON.stringify(flows));
  await writeFile(join(home, 'settings.js'), SETTINGS);
  const port = String(await freePort());
  const settings = join(home, 'settings.js');
  const child = startChild(NODE, [PROGRAM, '-u', home, '-s', settings, '-p', port], {
    NODE_PATH: dirname(dirname(PROGRAM)),
  });
  return { pid: child.pid ?? 0, stop: () => endChild(child) };
}
