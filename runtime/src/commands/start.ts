import type { Flow } from '@sluice/shared/flow/flow.ts';
import type { RunningServer } from '../server/startServer.ts';
import { startServer } from '../server/startServer.ts';
import type { Settings } from '../settings.ts';
import { readSettings } from '../settings.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT } from './command.ts';
import type { Log } from './log.ts';
import { jsonLog, plainLog } from './log.ts';
import { textOption } from './readArguments.ts';
import type { START } from './specs.ts';

type StartArguments = Arguments<keyof (typeof START)['options']>;

/** `sluice start`: the server with all that belongs to it, until the person has enough. */
export async function start(given: StartArguments, terminal: Terminal): Promise<ExitCode> {
  const settings = settingsOf(given);
  const log = settings.json ? jsonLog(terminal) : plainLog(terminal);
  const startedAt = terminal.time.now();
  const progress = (line: string): void => {
    const seconds = ((terminal.time.now() - startedAt) / 1_000).toFixed(1);
    if (settings.json) log('note', `${line} (after ${seconds} s)`);
    else terminal.out(`${seconds.padStart(5)} s  ${line}`);
  };
  // A broker of somebody else's is no place for virtual devices.
  const hasDemo = settings.demo && settings.mqttUrl === undefined;
  const server = await startServer(settings, {
    log,
    progress,
    ...(hasDemo ? { firstFlows: await firstFlows() } : {}),
    time: terminal.time,
  });
  const demo = hasDemo ? await demoOn(server, terminal, log) : undefined;
  if (demo !== undefined) progress('Virtual devices (SLUICE_DEMO=0 starts without)');
  tellReady(server, settings, terminal);
  await untilAsked(terminal);
  log('note', 'Stopping: what is under way is finished first. Once more ends at once.');
  await demo?.stop();
  await server.stop();
  return EXIT.ok;
}

function settingsOf({ values }: StartArguments): Settings {
  const { config, ...rest } = values;
  const flags = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [
      name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
  const configFile = textOption(config);
  return readSettings({ flags, ...(configFile === undefined ? {} : { configFile }) });
}

// The demo is loaded when it is wanted: a server without it needs no MQTT client.
async function firstFlows(): Promise<readonly Flow[]> {
  return (await import('../demo/demoFlows.ts')).demoFlows();
}

async function demoOn(server: RunningServer, terminal: Terminal, log: Log) {
  const { startDemo } = await import('../demo/startDemo.ts');
  return startDemo({
    mqttUrl: server.mqttUrl,
    ...server.mqttAccount,
    clock: terminal.time,
    log: (sentence) => log('warning', sentence),
  });
}

function tellReady(server: RunningServer, settings: Settings, terminal: Terminal): void {
  const { http, mqtt, mqtts, address, firstStartLink: link } = server;
  if (settings.json) {
    terminal.out(
      JSON.stringify({
        event: 'ready',
        http,
        mqtt,
        ...(mqtts === 0 ? {} : { mqtts }),
        ...(link === undefined ? {} : { link }),
      }),
    );
    return;
  }
  terminal.out(`\nSluice is ready at ${address}`);
  if (link !== undefined)
    terminal.out(`Make the first account with this link (once, within 30 minutes):\n  ${link}`);
  terminal.out('Ctrl-C stops it.');
}

async function untilAsked({ asked }: Terminal): Promise<void> {
  if (asked.aborted) return;
  await new Promise<void>((resolve) => asked.addEventListener('abort', () => resolve()));
}
