// Makes a fresh clone ready before `npm start` and `npm test`: packages, Node, the built editor, a browser for the
// tests. Plain JavaScript without a dependency, because it runs before anything is installed, on Node 18 or newer.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, realpathSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WARMED } from './compileCache.js';

/** The oldest Node that runs Sluice itself. Scripts of npm take the one of the `node` package, which is newer. */
export const OLDEST_NODE = 24;
const OLDEST_NODE_HERE = 18;

const WARM = fileURLToPath(new URL('warm.js', import.meta.url));

const SOURCES = [
  'editor/src',
  'editor/index.html',
  'editor/vite.config.ts',
  'editor/package.json',
  'shared/src',
  'nodes/src',
];
/** What the server and a runner are loaded from. */
const CODE = [
  'runtime/src',
  'runtime/warm.js',
  'runtime/compileCache.js',
  'nodes/src',
  'shared/src',
  'package-lock.json',
];
const CHROMIUM = '/usr/bin/chromium';
const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/bin/mosquitto'];

/** The major version in a text such as `v26.9.0`; 0 where there is none. */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}

/** Whether packages have to be installed: never were, or the lock file is newer than what was installed. */
export function needsInstall(lockMs, installedMs) {
  return installedMs === undefined || (lockMs !== undefined && lockMs > installedMs);
}

/** Whether something has to be built: never was, or a source is newer than what was built. */
export function needsBuild(sourceMs, builtMs) {
  return builtMs === undefined || sourceMs > builtMs;
}

/** How to come by a browser for the tests: the ways to try, in order; none when there is one. */
export function waysToChromium({ isThere, isRoot, isDebian }) {
  if (isThere) return [];
  return isRoot && isDebian ? ['apt', 'playwright'] : ['playwright'];
}

/** When a file changed last, ms since the epoch; for a folder, its newest file. Tests are no sources. */
export function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const times = readdirSync(path)
    .filter((name) => name !== 'node_modules' && !/\.test\.tsx?$/.test(name))
    .map((name) => newestMs(join(path, name)) ?? 0);
  return Math.max(0, ...times);
}

class Stop extends Error {}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options,
  });
  const said = `${result.stdout ?? ''}${result.stderr ?? ''}`.trim();
  return { isOk: result.status === 0, said: result.error === undefined ? said : result.error.message };
}

/** Runs one step with a line before and the time it took after; what it said is shown only when it fails. */
function step(title, perform) {
  const start = Date.now();
  process.stdout.write(`${title} … `);
  const { isOk, said } = perform();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(isOk ? `done in ${seconds} s\n` : `failed after ${seconds} s\n`);
  if (!isOk && said !== '') process.stdout.write(`${said.slice(-4000)}\n`);
  return isOk;
}

function npm(root, args) {
  const program = process.env.npm_execpath;
  return program === undefined || !/\.c?js$/.test(program)
    ? run('npm', args, { cwd: root, shell: process.platform === 'win32' })
    : run(process.execPath, [program, ...args], { cwd: root });
}

function install(root) {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!needsInstall(newestMs(join(root, 'package-lock.json')), newestMs(installed))) return;
  // --no-save: the lock file stays as it is, also where some platform's package is not to be had.
  const isDone = step('Installing the packages', () =>
    npm(root, ['install', '--no-audit', '--no-fund', '--no-save']),
  );
  if (!isDone)
    throw new Stop(
      'The packages could not be installed. Is the registry of npm within reach? Then try again.',
    );
  const now = new Date();
  utimesSync(installed, now, now);
}

/** The Node that Sluice runs on: this one, or the one among the packages. */
function findNode(root) {
  if (majorOf(process.version) >= OLDEST_NODE) return process.execPath;
  const own = join(root, 'node_modules/.bin/node');
  const version = existsSync(own) ? run(own, ['--version']).said : '';
  if (majorOf(version) >= OLDEST_NODE) return own;
  throw new Stop(
    `Sluice needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. Install a newer one from https://nodejs.org and try again.`,
  );
}

function buildEditor(root) {
  const sourceMs = Math.max(...SOURCES.map((source) => newestMs(join(root, source)) ?? 0));
  if (!needsBuild(sourceMs, newestMs(join(root, 'editor/dist/index.html')))) return;
  if (!step('Building the editor', () => npm(root, ['run', 'build', '-w', 'editor'])))
    throw new Stop('The editor could not be built; the lines above say why.');
}

/** Compiles ahead what a start loads. Without it the first start is slower and larger, and does the same. */
function compile(root, node) {
  const codeMs = Math.max(...CODE.map((path) => newestMs(join(root, path)) ?? 0));
  if (needsBuild(codeMs, newestMs(WARMED))) step('Compiling', () => run(node, [WARM]));
}

function chromium(root) {
  const ways = waysToChromium({
    isThere: existsSync(CHROMIUM),
    isRoot: process.getuid?.() === 0,
    isDebian: existsSync('/etc/debian_version'),
  });
  if (ways.length === 0) return;
  const isThere = ways.some((way) =>
    way === 'apt'
      ? step('Installing Chromium for the tests', () => installByApt('chromium')) && existsSync(CHROMIUM)
      : step("Making sure of Playwright's Chromium", () =>
          npm(root, ['exec', '--', 'playwright', 'install', 'chromium']),
        ),
  );
  if (!isThere) throw new Stop(`The tests need a browser. Install Chromium as ${CHROMIUM} and try again.`);
}

/** A second broker for the fault tests. They say that they pass over what needs it where it cannot be had. */
function mosquitto() {
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (MOSQUITTO.some((path) => existsSync(path)) || !isDebianRoot) return;
  step('Installing Mosquitto for the fault tests', () => installByApt('mosquitto'));
}

/** Only the programs: services that a package brings are not started (invoke-rc.d does nothing at runlevel 1). */
function installByApt(name) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  const updated = run('apt-get', ['update'], { env });
  if (!updated.isOk) return updated;
  return run('apt-get', ['install', '-y', '--no-install-recommends', name], {
    env,
    maxBuffer: 64 * 1024 * 1024,
  });
}

function main(goal) {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  if (goal !== 'start' && goal !== 'test')
    throw new Stop('Say what to make ready: node runtime/bootstrap.js start|test');
  if (majorOf(process.version) < OLDEST_NODE_HERE)
    throw new Stop(
      `Sluice needs Node ${OLDEST_NODE} or newer, and this is ${process.version}. Install one from https://nodejs.org.`,
    );
  install(root);
  const node = findNode(root);
  buildEditor(root);
  compile(root, node);
  if (goal !== 'test') return;
  chromium(root);
  mosquitto();
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    main(process.argv[2]);
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
