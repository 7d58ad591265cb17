import { afterEach, expect, it } from 'vitest';
import type { TestingBroker } from '../runner/testingBroker.ts';
import { startTestingBroker } from '../runner/testingBroker.ts';
import { runCli } from './cli.ts';
import { testingTerminal } from './testingTerminal.ts';

let broker: TestingBroker | undefined;
afterEach(async () => {
  await broker?.close();
  broker = undefined;
});

function telemetry(): readonly string[] {
  return (broker?.received ?? [])
    .filter(({ topic }) => topic.endsWith('/telemetry'))
    .map(({ topic }) => topic);
}

it('so many devices publish so often, each in its turn', async () => {
  broker = await startTestingBroker();
  const terminal = testingTerminal();
  const argv = ['--devices', '40', '--rate', '5', '--model', 'pump', '--url', broker.url];
  const running = runCli(['simulate', ...argv], terminal);
  await broker.until(() => telemetry().length >= 200);
  terminal.ask();
  expect(await running).toBe(0);
  expect(new Set(telemetry().slice(0, 40)).size).toBe(40);
  const counts = telemetry()
    .slice(0, 200)
    .reduce((all, topic) => all.set(topic, (all.get(topic) ?? 0) + 1), new Map<string, number>());
  expect([...counts.values()].every((count) => count === 5)).toBe(true);
  expect(terminal.printed[0]).toMatch(/^(\d+) published, \1 confirmed/);
});

it('ends by itself after --seconds, and with 1 when nothing could be published', async () => {
  broker = await startTestingBroker();
  const { url } = broker;
  const there = testingTerminal();
  expect(await runCli(['simulate', '--seconds', '0.3', '--rate', '10', '--url', url], there)).toBe(0);
  expect(telemetry().length).toBeGreaterThan(10);
  await broker.close();
  broker = undefined;
  const away = testingTerminal();
  expect(await runCli(['simulate', '--seconds', '0.2', '--url', url], away)).toBe(1);
  expect(away.said.join('\n')).toContain('cannot be reached');
});
