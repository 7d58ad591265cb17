import { SluiceError } from '@sluice/shared/errors.ts';
import { passwordSchema } from '@sluice/shared/protocol/people.ts';
import type { StoredAccount } from '../../storage/accounts.ts';
import { whyTooCommon } from './commonPasswords.ts';
import { hashPassword, isPassword } from './password.ts';

/** Hashes a password that somebody chose. Throws `invalid-input` for one that is too short or too easy to guess. */
export async function hashChosen(
  password: string,
  { email, name }: { readonly email: string; readonly name: string },
): Promise<string> {
  const parsed = passwordSchema.safeParse(password);
  const weak = parsed.success
    ? whyTooCommon(password, [email, name])
    : (parsed.error.issues[0]?.message ?? 'The password does not fit.');
  if (weak !== undefined) throw new SluiceError('invalid-input', weak);
  return hashPassword(password);
}

/** Whether the account has this password; takes as long when there is no account, or none with a password. */
export async function hasPassword(account: StoredAccount | undefined, password: string): Promise<boolean> {
  if (account?.password !== undefined) return isPassword(password, account.password);
  await hashPassword(password);
  return false;
}
