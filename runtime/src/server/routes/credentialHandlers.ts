import { SluiceError } from '@sluice/shared/errors.ts';
import { isDeviceId } from '../../broker/identity.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { DeviceSource } from '../deviceSource.ts';
import type { Handlers } from '../http/mount.ts';

const OK = { ok: true } as const;

/** By what devices sign in. A device of another workspace is one that does not exist. */
export function credentialHandlers(
  credentials: Credentials,
  { port, tlsPort }: Pick<DeviceSource, 'port' | 'tlsPort'>,
): Pick<
  Handlers,
  | 'createDevice'
  | 'credentials'
  | 'createDeviceToken'
  | 'signDeviceCertificate'
  | 'revokeCredential'
  | 'deviceAddress'
  | 'authority'
> {
  return {
    createDevice({ workspace, actor, body: { id, ...about } }) {
      if (!isDeviceId(id)) {
        throw new SluiceError(
          'invalid-input',
          'The id of a device is a part of its topics: 1 to 128 characters, none of them /, + or #.',
        );
      }
      return workspace.atomically(() => {
        workspace.note(actor, 'device.create', id, { name: about.name });
        return workspace.devices.add(id, about);
      });
    },
    credentials: ({ workspace, params }) =>
      credentials.list(workspace.id, workspace.devices.get(params.id).id),
    createDeviceToken({ workspace, actor, params }) {
      const device = deviceFor(workspace.devices.get(params.id).id);
      return workspace.atomically(() => {
        const made = credentials.createToken(workspace.id, device, actor.who);
        workspace.note(actor, 'credential.create', device, { credential: made.id, kind: made.kind });
        return made;
      });
    },
    async signDeviceCertificate({ workspace, actor, params, body }) {
      const device = deviceFor(workspace.devices.get(params.id).id);
      const signed = await credentials.prepareCertificate(workspace.id, device, body.request, body.days);
      const { certificate, authority, serial } = signed;
      const made = workspace.atomically(() => {
        const added = credentials.addCertificate(workspace.id, device, actor.who, signed);
        workspace.note(actor, 'credential.create', device, {
          credential: added.id,
          kind: added.kind,
          serial,
        });
        return added;
      });
      return { ...made, certificate, authority };
    },
    revokeCredential({ workspace, actor, params: { id, credential } }) {
      const device = workspace.devices.get(id).id;
      const revoke = workspace.atomically(() => {
        const close = credentials.revoke(workspace.id, device, credential);
        workspace.note(actor, 'credential.revoke', device, { credential });
        return close;
      });
      // Only now, when it is on disk: what is told to the broker is not taken back.
      revoke();
      return OK;
    },
    // An outside broker has no port here.
    deviceAddress: () => (port === 0 ? {} : { broker: { port, ...(tlsPort !== 0 && { tlsPort }) } }),
    authority: ({ workspace }) => credentials.authorities.certificates(workspace.id),
  };
}

/** A device that published without a credential may be called what no topic rule can hold. */
function deviceFor(id: string): string {
  if (isDeviceId(id)) return id;
  throw new SluiceError(
    'invalid-input',
    `“${id}” cannot sign in: the id of a device has 1 to 128 characters, none of them /, + or #.`,
  );
}
