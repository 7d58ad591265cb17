import { SluiceError } from '@sluice/shared/errors.ts';
import type { Connections } from '@sluice/shared/node/context.ts';
import { createTransport } from 'nodemailer';
import type { RunnerConnection } from '../runner/protocol.ts';
import { redactor } from './redact.ts';
import { readSmtpSettings } from './smtpSettings.ts';

/** A mail server that says nothing for so long has failed. */
const TIMEOUT_MS = 15_000;

/**
 * Opens a connection to a mail server; each mail is a session of its own, upgraded to TLS where the server can. Throws
 * a `SluiceError` for settings that make no sense.
 */
export function openSmtp(connection: RunnerConnection): Connections['smtp'] {
  const { name, config, secrets } = connection;
  const { host, port, secure, username, from, tls } = readSmtpSettings(name, config, secrets);
  const transport = createTransport({
    host,
    port,
    secure,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    tls: { ...tls, minVersion: 'TLSv1.2' },
    // Texts of messages must never make it read files or fetch addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(username !== '' && { auth: { user: username, pass: secrets['password'] ?? '' } }),
  });
  const redact = redactor(secrets);
  const server = `The mail server ${host}:${port}`;
  return {
    send: async ({ to, subject, text }, signal) => {
      signal.throwIfAborted();
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const onAbort = () =>
        reject(new SluiceError('target-away', `${server} did not take the mail in time.`));
      signal.addEventListener('abort', onAbort);
      try {
        const sent = transport.sendMail({ from, to, subject, text });
        const { rejected } = await Promise.race([sent, aborted]);
        if (rejected.length > 0)
          // For good, whatever the reply was: the others have the mail, and would get it again.
          throw new Error(`${server} does not take mail for ${rejected.map(addressOf).join(', ')}.`);
      } catch (error) {
        throw isMailError(error) ? failure(redact(sentenceOf(server, error)), error) : error;
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}

type MailError = Error & {
  readonly code: string;
  readonly response?: string;
  readonly responseCode?: number;
};

function addressOf(address: string | { readonly address: string }): string {
  return typeof address === 'string' ? address : address.address;
}

function isMailError(error: unknown): error is MailError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string';
}

/** A reply of 4xx may pass (RFC 5321, section 4.2.1), and so may a server that is not there. */
function failure(sentence: string, error: MailError): Error {
  const { code, responseCode } = error;
  const mayPass = responseCode === undefined ? !FINAL.has(code) : responseCode < 500;
  return mayPass
    ? new SluiceError('target-away', sentence, { cause: error })
    : new Error(sentence, { cause: error });
}

/** What nodemailer says of itself, without a reply of the server, that trying again does not mend. */
const FINAL: ReadonlySet<string> = new Set(['EAUTH', 'ENOAUTH', 'EENVELOPE', 'EMESSAGE', 'ETLS', 'ECONFIG']);

function sentenceOf(server: string, { code, response, responseCode, message }: MailError): string {
  // A reply of 4xx, as to a sign-in or to grey-listing.
  if (responseCode !== undefined && responseCode < 500)
    return `${server} cannot take the mail now: ${response ?? message}`;
  switch (code) {
    case 'EAUTH':
      return `${server} refuses the sign-in. Check user name and password of the connection.`;
    case 'EENVELOPE':
    case 'EMESSAGE':
      return `${server} does not take the mail: ${response ?? message}`;
    case 'ETLS':
      return `${server} cannot be spoken to safely: ${message}`;
    default:
      return `${server} cannot be reached: ${message}`;
  }
}
