import { resolve } from 'node:path';
import { readSettings } from '../settings.ts';
import { writeBackup } from '../storage/backup.ts';
import { backupSecret } from './backupSecret.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT } from './command.ts';
import { textOption } from './readArguments.ts';
import type { BACKUP } from './specs.ts';
import { sizeInWords } from './sizeInWords.ts';

/** `sluice backup`: the data folder as it is now, in one encrypted file. */
export async function backup(
  given: Arguments<keyof (typeof BACKUP)['options']>,
  terminal: Terminal,
): Promise<ExitCode> {
  const [name = ''] = given.files;
  const { data, 'master-key-file': masterKeyFile } = given.values;
  const settings = readSettings({ flags: { data, masterKeyFile } });
  const secret = await backupSecret(terminal, { keyFile: textOption(given.values['key-file']), isNew: true });
  const contents = await writeBackup({
    folder: settings.data,
    file: resolve(name),
    secret,
    masterKeyFile: settings.masterKeyFile,
    now: terminal.time.now(),
    signal: terminal.asked,
  });
  terminal.out(
    `${name} holds ${contents.files} files with ${sizeInWords(contents.bytes)} as they were at ${new Date(contents.at).toISOString()}. Keep what it was encrypted with: without that, nobody can read it.`,
  );
  return EXIT.ok;
}
