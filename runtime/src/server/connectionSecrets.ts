import { SluiceError } from '@sluice/shared/errors.ts';
import type { Connection } from '@sluice/shared/protocol/http.ts';
import { isSecretKey } from '@sluice/shared/protocol/showMessage.ts';

type Config = Connection['config'];
type Secrets = Readonly<Record<string, string>>;

/**
 * Settings of a connection as they are kept: what is a secret by its name, or stands in an address, goes with the
 * secrets, which are sealed and never shown. Throws `invalid-input` for an address with a user that has no such place.
 */
export function splitSecrets(
  type: Connection['type'],
  config: Config,
  secrets: Secrets,
): { readonly config: Config; readonly secrets: Secrets } {
  const named = Object.entries(config).filter(([name]) => isSecretKey(name));
  const plain = Object.fromEntries(Object.entries(config).filter(([name]) => !isSecretKey(name)));
  const moved = Object.fromEntries(
    named.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
  return fromAddress(type, plain, { ...moved, ...secrets });
}

function fromAddress(type: Connection['type'], config: Config, secrets: Secrets) {
  const { url } = config;
  const parsed = typeof url === 'string' && URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || (parsed.username === '' && parsed.password === '')) return { config, secrets };
  if (type !== 'mqtt') {
    throw new SluiceError(
      'invalid-input',
      `The address ${parsed.protocol}//${parsed.host} has a user name or a password in it. Leave them out, and give the token of the connection.`,
    );
  }
  const [username, password] = [decodeURIComponent(parsed.username), decodeURIComponent(parsed.password)];
  parsed.username = '';
  parsed.password = '';
  return {
    config: { ...(username === '' ? {} : { username }), ...config, url: parsed.href.replace(/\/$/, '') },
    secrets: { ...(password === '' ? {} : { password }), ...secrets },
  };
}
