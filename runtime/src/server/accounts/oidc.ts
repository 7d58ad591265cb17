import { SluiceError } from '@sluice/shared/errors.ts';
import type { Clock } from '@sluice/shared/node/context.ts';
import type { Configuration } from 'openid-client';
import * as z from 'zod';
import type { SecretBox } from '../../storage/secrets.ts';
import { becauseOf } from './signInProblem.ts';

/** A provider that people may sign in with (OpenID Connect Core 1.0). */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** What people call it. */
  readonly name: string;
  /** Whose people are let in without an invitation, as viewers of the first workspace. */
  readonly allowedDomains: readonly string[];
}

/** Somebody, as the provider knows them. */
export interface OutsidePerson {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly isVerified: boolean;
  readonly name: string;
}

export interface Oidc {
  readonly name: string;
  /** Where to send the browser, and what it has to bring back, sealed. Throws `target-away`. */
  start(redirectUri: string, next: string): Promise<{ location: string; pending: string }>;
  /**
   * Who came back, and the page that they wanted. `url` is the redirect URI with what the provider added. Throws
   * `link-used` or `target-away`.
   */
  finish(url: URL, pending: string | undefined): Promise<{ person: OutsidePerson; next: string }>;
}

/** How long a sign-in at the provider may take. */
const PENDING_MS = 10 * 60_000;
const PENDING_CONTEXT = 'oidc';
const pendingSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** The page of this server to go on to. */
  next: z.string(),
  until: z.number(),
});
type Pending = z.output<typeof pendingSchema>;

const claimsSchema = z.object({
  iss: z.string(),
  sub: z.string(),
  email: z.string().max(254).default(''),
  email_verified: z.boolean().default(false),
  name: z.string().max(200).optional(),
});

/** Authorization code with PKCE, state and nonce (RFC 7636; OpenID Connect Core, section 3.1). */
export function createOidc(settings: OidcSettings, secrets: SecretBox, clock: Clock): Oidc {
  const { issuer, clientId, clientSecret, name } = settings;
  let found: Promise<Configuration> | undefined;

  function discovered(): Promise<Configuration> {
    found ??= discover().catch((cause: unknown) => {
      // Tried anew by the next sign-in.
      found = undefined;
      throw providerAway(name, cause);
    });
    return found;
  }

  async function discover(): Promise<Configuration> {
    // Loaded by the first sign-in: most servers have no provider.
    const { allowInsecureRequests, discovery } = await import('openid-client');
    // The settings take plain HTTP for this machine only.
    const execute = issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {};
    return discovery(new URL(issuer), clientId, clientSecret, undefined, execute);
  }

  return {
    name,
    async start(redirectUri, next) {
      const client = await import('openid-client');
      const configuration = await discovered();
      const pending: Pending = {
        state: client.randomState(),
        nonce: client.randomNonce(),
        verifier: client.randomPKCECodeVerifier(),
        next,
        until: clock.now() + PENDING_MS,
      };
      const location = client.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        nonce: pending.nonce,
      });
      return { location: location.href, pending: secrets.seal(JSON.stringify(pending), PENDING_CONTEXT) };
    },
    async finish(url, sealed) {
      const { state, nonce, verifier, next } = opened(secrets, sealed, clock.now());
      const client = await import('openid-client');
      const configuration = await discovered();
      try {
        const tokens = await client.authorizationCodeGrant(configuration, url, {
          pkceCodeVerifier: verifier,
          expectedState: state,
          expectedNonce: nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        const subject = claims?.sub ?? '';
        const told = await client.fetchUserInfo(configuration, tokens.access_token, subject);
        return { person: personOf(claimsSchema.parse({ ...told, ...claims })), next };
      } catch (cause) {
        throw notSignedIn(name, cause);
      }
    },
  };
}

function personOf({
  iss,
  sub,
  email,
  email_verified: isVerified,
  name,
}: z.output<typeof claimsSchema>): OutsidePerson {
  return { issuer: iss, subject: sub, email, isVerified, name: name ?? email.split('@')[0] ?? email };
}

function opened(secrets: SecretBox, sealed: string | undefined, now: number): Pending {
  try {
    const pending = pendingSchema.parse(JSON.parse(secrets.open(sealed ?? '', PENDING_CONTEXT)));
    if (pending.until > now) return pending;
  } catch (cause) {
    throw signInOver(cause);
  }
  throw signInOver(undefined);
}

function signInOver(cause: unknown): SluiceError {
  return new SluiceError(
    'link-used',
    'This sign-in was not begun in this browser, was used already, or took more than ten minutes. Sign in again.',
    { cause, ...becauseOf('not-begun-here') },
  );
}

function notSignedIn(name: string, cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError(
    'link-used',
    `The sign-in with ${name} did not succeed (${reason}). Sign in again.`,
    { cause, ...becauseOf('refused') },
  );
}

function providerAway(name: string, cause: unknown): SluiceError {
  return new SluiceError(
    'target-away',
    `${name} cannot be reached for the sign-in. Try again later, or sign in with your password.`,
    { cause, ...becauseOf('provider-away') },
  );
}
