import { createHash, randomInt } from 'node:crypto';
import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { SecondFactorStore } from '../../storage/secondFactors.ts';

/** Codes of an authenticator may be one step early or late (RFC 6238, section 5.2), seconds. */
const TOLERANCE_S = 30;
const RECOVERY_CODES = 10;
/** Without those that look alike. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz';

/** Authenticators (TOTP, RFC 6238) and recovery codes of accounts. Each code counts once. */
export interface SecondFactors {
  /** It is asked for at sign-in. */
  isAsked(user: string): boolean;
  /** A new secret, which counts when a code of it is confirmed. Throws `already-there` while another one counts. */
  begin(user: string, email: string): Promise<{ secret: string; uri: string }>;
  /** Gives the recovery codes, once. Throws `invalid-input`. */
  confirm(user: string, code: string): Promise<string[]>;
  /** Throws `second-factor-needed` when one is asked for and `code` is none of it; a code that fits is used up. */
  check(user: string, code: string | undefined): Promise<void>;
  /** New recovery codes, once, in place of those there are. Throws `invalid-input` where no code is asked for. */
  renewRecoveryCodes(user: string): string[];
  /** How many recovery codes can still be used. */
  codesLeft(user: string): number;
  end(user: string): void;
}

export function createSecondFactors(store: SecondFactorStore, clock: Clock): SecondFactors {
  /** Whether it is a code of the authenticator that was not used; then it is now. */
  async function useCode(user: string, secret: string, code: string): Promise<boolean> {
    if (!/^\d{6}$/.test(code)) return false;
    // Loaded when first needed: most people never have a second factor, and the library takes memory.
    const { verify } = await import('otplib');
    const epoch = Math.floor(clock.now() / 1_000);
    const found = await verify({ secret, token: code, epoch, epochTolerance: TOLERANCE_S });
    return found.valid && 'timeStep' in found && store.useStep(user, found.timeStep);
  }

  return {
    isAsked: (user) => store.isAsked(user),
    async begin(user, email) {
      if (store.isAsked(user)) {
        throw new SluiceError(
          'already-there',
          'There is an authenticator already. End it first to set up another one.',
        );
      }
      const { generateSecret, generateURI } = await import('otplib');
      const secret = generateSecret();
      store.begin(user, secret);
      return { secret, uri: generateURI({ issuer: 'Sluice', label: email, secret }) };
    },
    async confirm(user, code) {
      const found = store.get(user);
      if (found === undefined || found.isConfirmed) {
        throw new SluiceError('invalid-input', 'There is no authenticator that waits for its first code.');
      }
      if (!(await useCode(user, found.secret, plain(code)))) {
        throw new SluiceError(
          'invalid-input',
          'The code does not fit. Check that the clock of your device is right, and write the code that is shown now.',
        );
      }
      const { codes, hashes } = newRecoveryCodes(user);
      store.confirm(user, clock.now(), hashes);
      return codes;
    },
    renewRecoveryCodes(user) {
      if (!store.isAsked(user)) {
        throw new SluiceError(
          'invalid-input',
          'There is no second factor that recovery codes are for. Turn it on first.',
        );
      }
      const { codes, hashes } = newRecoveryCodes(user);
      store.replaceRecoveryCodes(user, hashes);
      return codes;
    },
    async check(user, code) {
      const found = store.get(user);
      if (found === undefined || !found.isConfirmed) return;
      if (code === undefined || code === '') {
        throw new SluiceError('second-factor-needed', 'Write the code that your authenticator shows.');
      }
      const written = plain(code);
      if (await useCode(user, found.secret, written)) return;
      if (store.useRecoveryCode(user, hashCode(user, written))) return;
      throw new SluiceError(
        'second-factor-needed',
        'The code is wrong or was used already. Wait for the next one, or write a recovery code.',
      );
    },
    codesLeft: (user) => store.codesLeft(user),
    end: (user) => store.remove(user),
  };
}

function newRecoveryCodes(user: string): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
  return { codes, hashes: codes.map((one) => hashCode(user, plain(one))) };
}

/** As `k3x9-…`: 16 of 31 letters, 79 random bits. */
function newRecoveryCode(): string {
  const letters = Array.from({ length: 16 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('');
  return letters.replaceAll(/(.{4})(?!$)/g, '$1-');
}

/** People write codes with spaces and dashes, in any case. */
function plain(code: string): string {
  return code.toLowerCase().replaceAll(/[^0-9a-z]/g, '');
}

/** Recovery codes are random, so a plain hash is enough; with the account, so that a hash cannot be moved to another. */
function hashCode(user: string, code: string): string {
  return createHash('sha256').update(`${user}:${code}`).digest('hex');
}
