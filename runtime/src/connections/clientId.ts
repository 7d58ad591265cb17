const PREFIX = 'sluice-';

/** How a runner is called at a broker: the same after a restart, and unlike every other runner's. */
export function runnerClientId(instance: string, connection: string): string {
  return `${PREFIX}${instance}-${connection}`;
}

/** Whether a broker's client is a runner, as far as its id tells. */
export function isRunnerClient(clientId: string): boolean {
  return clientId.startsWith(PREFIX);
}
