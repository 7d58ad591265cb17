import { expect, it } from 'vitest';
import type { Connections, NodeContext, NodeStatus } from './context.ts';
import type { Intake } from './implementNode.ts';
import { listenToMqtt } from './listen.ts';

it('[EN5] a flow that holds up others says so in the status of its node, until it has room', async () => {
  const statuses: NodeStatus[] = [];
  let tell: ((isBlocking: boolean) => void) | undefined;
  const mqtt: Connections['mqtt'] = {
    subscribe: (_filter, _qos, _receive, onBlocking) => {
      tell = onBlocking;
      return Promise.resolve({ waiting: 0, resume: () => undefined, stop: () => undefined });
    },
    publish: () => Promise.resolve(),
    onStatus: (listener) => {
      listener({ state: 'ok', text: 'connected' });
      return () => undefined;
    },
  };
  const context = {
    connection: () => mqtt,
    status: (status: NodeStatus) => statuses.push(status),
  } as unknown as NodeContext;
  const intake = { onRoom: () => () => undefined } as unknown as Intake<'out'>;
  await listenToMqtt(context, intake, { connection: 'a', filter: 'b', qos: 1, read: () => undefined });
  tell?.(true);
  tell?.(false);
  expect(statuses.map(({ state, text }) => `${state}: ${text}`)).toEqual([
    'ok: connected',
    'warning: this flow does not keep up: its connection reads nothing for any flow until it has room again',
    'ok: connected',
  ]);
});
