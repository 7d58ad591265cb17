import * as z from 'zod';
import { routesOf } from './route.ts';

// By what devices sign in to the broker and to `/ingest`.

const okSchema = z.object({ ok: z.literal(true) });
const idParams = z.object({ id: z.string() });

export const credentialSchema = z.object({
  id: z.string(),
  device: z.string(),
  kind: z.enum(['token', 'certificate']),
  createdAt: z.number(),
  createdBy: z.string(),
  /** Never for tokens that have no end. */
  expiresAt: z.number().optional(),
  lastUsedAt: z.number().optional(),
  /** Of a certificate: serial number and SHA-256 fingerprint, hex. */
  serial: z.string().optional(),
  fingerprint: z.string().optional(),
});
export type Credential = z.output<typeof credentialSchema>;

export const deviceAddressSchema = z.object({
  /** Left out where devices use a broker that is not this server's, which knows nothing of its credentials. */
  broker: z
    .object({
      port: z.number(),
      /** Left out where there is no port with TLS, which certificates need. */
      tlsPort: z.number().optional(),
    })
    .optional(),
});
export type DeviceAddress = z.output<typeof deviceAddressSchema>;

export const CREDENTIAL_ROUTES = routesOf({
  credentials: {
    method: 'get',
    path: '/api/devices/:id/credentials',
    permission: 'integrator',
    summary: 'By what a device may sign in',
    params: idParams,
    response: z.array(credentialSchema),
  },
  createDeviceToken: {
    method: 'post',
    path: '/api/devices/:id/credentials/token',
    permission: 'integrator',
    summary: 'A new token for a device, given once; those there are stay valid until they are revoked',
    params: idParams,
    response: credentialSchema.extend({ token: z.string(), username: z.string() }),
  },
  signDeviceCertificate: {
    method: 'post',
    path: '/api/devices/:id/credentials/certificate',
    permission: 'integrator',
    summary: 'Sign the certificate request (PKCS #10, PEM) of a device with the CA of the workspace',
    params: idParams,
    body: z.object({
      request: z.string().max(16_384),
      days: z.number().int().min(1).max(3_650).default(365),
    }),
    response: credentialSchema.extend({ certificate: z.string(), authority: z.string() }),
  },
  revokeCredential: {
    method: 'delete',
    path: '/api/devices/:id/credentials/:credential',
    permission: 'integrator',
    summary: 'Revoke a credential and close the connections that use it, at once',
    params: z.object({ id: z.string(), credential: z.string() }),
    response: okSchema,
  },
  deviceAddress: {
    method: 'get',
    path: '/api/device-address',
    permission: 'integrator',
    summary: 'Where devices that have a credential reach this server over MQTT',
    response: deviceAddressSchema,
  },
  authority: {
    method: 'get',
    path: '/api/authority',
    permission: 'signed-in',
    summary:
      'The certificate of the CA of this workspace, PEM; those that still count after a renewal with it',
    response: z.object({ certificates: z.array(z.string()), expiresAt: z.number() }),
  },
});
