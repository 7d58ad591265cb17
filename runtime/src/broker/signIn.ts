import type { Identity } from './identity.ts';

/** What a client shows of itself when it connects. */
export interface SignInAttempt {
  readonly username: string | undefined;
  readonly password: string | undefined;
  /** The SHA-256 fingerprint of the client certificate, hex; proven by the TLS handshake. */
  readonly certificate: string | undefined;
  /** It comes from this machine, on the port without TLS. */
  readonly isLocal: boolean;
}

/** CONNACK return codes (OASIS MQTT 3.1.1, section 3.2.2.3). */
export const REFUSED = { clientId: 2, credentials: 4, notAllowed: 5 } as const;

export type SignInAnswer =
  | { readonly ok: true; readonly identity: Identity }
  /** `reason` is for the operator's log. */
  | { readonly ok: false; readonly code: 2 | 4 | 5; readonly reason: string };

/** Says who it is. Answers at once, so that nothing of a client is looked at before it is known. */
export type SignIn = (attempt: SignInAttempt) => SignInAnswer;
