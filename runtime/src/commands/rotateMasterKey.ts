import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SluiceError } from '@sluice/shared/errors.ts';
import { readSettings } from '../settings.ts';
import { openDatabase } from '../storage/database.ts';
import { openDataFolder } from '../storage/dataFolder.ts';
import { KEY_BYTES, readKeyFile } from '../storage/secrets.ts';
import { rotateMasterKey as rotate } from '../storage/workspaceKeys.ts';
import type { Arguments, ExitCode, Terminal } from './command.ts';
import { EXIT } from './command.ts';
import { textOption } from './readArguments.ts';
import type { ROTATE_MASTER_KEY } from './specs.ts';

/** `sluice rotate-master-key`: every secret sealed anew under another master key, while the server is stopped. */
export async function rotateMasterKey(
  given: Arguments<keyof (typeof ROTATE_MASTER_KEY)['options']>,
  terminal: Terminal,
): Promise<ExitCode> {
  const { data, 'master-key-file': masterKeyFile } = given.values;
  const settings = readSettings({ flags: { data, masterKeyFile } });
  const file = settings.masterKeyFile ?? join(settings.data, 'master.key');
  const database = join(settings.data, 'sluice.db');
  if (!existsSync(database))
    throw new SluiceError(
      'wrong-argument',
      `There is no data of Sluice in ${settings.data}. Name its folder with --data or SLUICE_DATA.`,
    );
  const newFile = textOption(given.values.new);
  const newKey = newFile === undefined ? randomBytes(KEY_BYTES) : readKeyFile(resolve(newFile));
  const folder = openDataFolder(settings.data);
  try {
    const opened = openDatabase(database);
    try {
      const { secrets } = rotate(opened, file, newKey, () => terminal.time.now());
      terminal.out(
        `${file} holds a new master key, and ${secrets === 1 ? 'one secret is' : `${secrets} secrets are`} sealed anew. Backups from before bring the old key with them.`,
      );
    } finally {
      opened.close();
    }
  } finally {
    folder.release();
  }
  return EXIT.ok;
}
