import { describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';
import { SPECS } from './specs.ts';
import { testingTerminal } from './testingTerminal.ts';

async function call(...argv: string[]) {
  const terminal = testingTerminal();
  const code = await runCli(argv, terminal);
  return { code, printed: terminal.printed, said: terminal.said };
}

describe('sluice', () => {
  it('--help lists every command, and each has a help of its own', async () => {
    const all = await call('--help');
    expect(all.code).toBe(0);
    for (const spec of SPECS) {
      expect(all.printed[0]).toContain(`  ${spec.name}`);
      const one = await call(spec.name, '--help');
      expect(one.code).toBe(0);
      expect(one.printed[0]).toContain(`Usage: sluice ${spec.name}`);
      for (const name of Object.keys(spec.options)) expect(one.printed[0]).toContain(`--${name}`);
    }
  });

  it('without a command it shows the help and exits with 2', async () => {
    const { code, printed } = await call();
    expect(code).toBe(2);
    expect(printed[0]).toContain('Usage: sluice COMMAND');
  });

  const wrong: readonly (readonly [argv: readonly string[], line: string])[] = [
    [
      ['fly'],
      'There is no command “fly”. There are: start, run, test, simulate, backup, restore, rotate-master-key. See sluice --help.',
    ],
    [['run'], 'sluice run needs a file: FLOW.json. See sluice run --help.'],
    [
      ['run', 'a.json', 'b.json'],
      'sluice run takes one file, and “b.json” is one too many. See sluice run --help.',
    ],
    [['run', 'a.json', '--fast'], 'sluice run has no option “--fast”. See sluice run --help.'],
    [
      ['run', 'a.json', '--http-port'],
      '--http-port needs a value: --http-port NUMBER. See sluice run --help.',
    ],
    [['start', 'here'], 'sluice start takes no file, and “here” is one too many. See sluice start --help.'],
    [['start', '--json=yes'], '--json takes no value. See sluice start --help.'],
    [
      ['start', '--port', 'high'],
      '--port is a number between 0 and 65535; 0 takes any free port. It is “high” now.',
    ],
    [['test'], 'sluice test needs a file: FLOW.json. See sluice test --help.'],
    [['simulate', '--devices', 'many'], '--devices is a whole number between 1 and 100000, and not “many”.'],
    [['simulate', '--rate', '0'], '--rate is a number between 0.001 and 1000, and not “0”.'],
    [
      ['simulate', '--url', 'http://127.0.0.1'],
      '--url is an address such as mqtt://127.0.0.1:1883, and not “http://127.0.0.1”.',
    ],
    [
      ['simulate', '--model', 'fridge'],
      '--model is one of freezer, pump, door, power-meter, weather, and not “fridge”.',
    ],
    [
      ['simulate', '--devices', '100000', '--rate', '1000'],
      '--devices times --rate is 100000000 messages a second, and the limit is 200000.',
    ],
    [['run', 'no-such.json'], 'no-such.json cannot be read: there is no such file.'],
    [['backup'], 'sluice backup needs a file: FILE. See sluice backup --help.'],
    [['restore', 'a'], 'sluice restore needs a new folder: --data FOLDER. See sluice restore --help.'],
    [
      ['rotate-master-key', '--data', '/nowhere'],
      'There is no data of Sluice in /nowhere. Name its folder with --data or SLUICE_DATA.',
    ],
    [['test', '.'], '. is a folder, and a flow file was expected.'],
    [['test', 'package.json'], 'package.json: '],
  ];
  for (const [argv, line] of wrong) {
    it(`a wrong argument is exit 2 with one clear line: ${argv.join(' ')}`, async () => {
      const { code, printed, said } = await call(...argv);
      expect(said).toHaveLength(1);
      expect(said[0]?.startsWith(line) === true ? line : said[0]).toBe(line);
      expect(said[0]).not.toContain('\n');
      expect(code).toBe(2);
      expect(printed).toEqual([]);
    });
  }
});
