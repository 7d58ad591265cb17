import type { FakeRunnerHost } from '../fakeRunnerHost.ts';
import { createFakeRunnerHost } from '../fakeRunnerHost.ts';
import type { StartOptions } from '../startServer.ts';
import type { TestServer } from '../testServer.ts';
import { apiOf, startTestServer } from '../testServer.ts';

export interface TwoWorkspaces extends TestServer {
  /** The runner hosts that were made, by workspace: one for each that was opened. */
  readonly hosts: ReadonlyMap<string, FakeRunnerHost>;
  /** An admin of the workspace, who owns no server. */
  adminOf(workspace: string): { readonly api: ReturnType<typeof apiOf>; readonly cookie: string };
  readonly owner: ReturnType<typeof apiOf>;
}

/** A real server on which tests make people in several workspaces; each has a fake runner of its own. */
export async function startWithWorkspaces(
  flags: Record<string, unknown> = {},
  options: Partial<StartOptions> = {},
): Promise<TwoWorkspaces> {
  const hosts = new Map<string, FakeRunnerHost>();
  const test = await startTestServer(flags, {
    createHost: (hostOptions) => {
      const host = createFakeRunnerHost(hostOptions);
      hosts.set(hostOptions.workspace, host);
      return host;
    },
    ...options,
  });
  return {
    ...test,
    hosts,
    owner: apiOf(test.server, test.cookieFor('admin')),
    adminOf(workspace) {
      const cookie = test.cookieFor('admin', workspace, false);
      return { api: apiOf(test.server, cookie), cookie };
    },
  };
}
