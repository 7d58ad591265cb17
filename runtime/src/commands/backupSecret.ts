import { resolve } from 'node:path';
import { readBackupPassphrase } from '../settings.ts';
import type { BackupSecret } from '../storage/backupCipher.ts';
import { readKeyFile } from '../storage/secrets.ts';
import type { Terminal } from './command.ts';
import { WrongArgument } from './command.ts';

const LEAST_LENGTH = 12;

/**
 * What a backup is encrypted with: the key file, the passphrase of the environment, or the one that the person types,
 * twice where it is a new one. Throws `WrongArgument` or `wrong-argument`.
 */
export async function backupSecret(
  terminal: Terminal,
  { keyFile, isNew }: { readonly keyFile: string | undefined; readonly isNew: boolean },
): Promise<BackupSecret> {
  if (keyFile !== undefined) return { kind: 'key', key: readKeyFile(resolve(keyFile)) };
  const passphrase = readBackupPassphrase() ?? (await asked(terminal, isNew));
  if (isNew && passphrase.length < LEAST_LENGTH)
    throw new WrongArgument(`The passphrase is too short: it has at least ${LEAST_LENGTH} characters.`);
  return { kind: 'passphrase', passphrase };
}

async function asked({ readSecret }: Terminal, isNew: boolean): Promise<string> {
  const passphrase = await readSecret?.('Passphrase of the backup: ');
  if (passphrase === undefined || passphrase === '')
    throw new WrongArgument(
      'A passphrase is needed: set SLUICE_BACKUP_PASSPHRASE, or give a key file with --key-file.',
    );
  if (isNew && (await readSecret?.('The same once more: ')) !== passphrase)
    throw new WrongArgument('The two passphrases are not the same.');
  return passphrase;
}
