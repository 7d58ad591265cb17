import { join, resolve } from 'node:path';
import { readSettings } from '../settings.ts';
import { restoreBackup } from '../storage/backup.ts';
import { backupSecret } from './backupSecret.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT, WrongArgument } from './command.ts';
import { textOption } from './readArguments.ts';
import { sizeInWords } from './sizeInWords.ts';
import type { RESTORE } from './specs.ts';

/** `sluice restore`: a new data folder out of a backup. */
export async function restore(
  given: Arguments<keyof (typeof RESTORE)['options']>,
  terminal: Terminal,
): Promise<ExitCode> {
  const [name = ''] = given.files;
  const { data } = given.values;
  if (data === undefined)
    throw new WrongArgument('sluice restore needs a new folder: --data FOLDER. See sluice restore --help.');
  const folder = readSettings({ flags: { data } }).data;
  const secret = await backupSecret(terminal, {
    keyFile: textOption(given.values['key-file']),
    isNew: false,
  });
  const contents = await restoreBackup({ file: resolve(name), folder, secret, signal: terminal.asked });
  terminal.out(
    `${folder} holds ${contents.files} files with ${sizeInWords(contents.bytes)} as they were at ${new Date(contents.at).toISOString()}. Its master key is ${join(folder, 'master.key')}. Start it with: sluice start --data ${folder}`,
  );
  return EXIT.ok;
}
