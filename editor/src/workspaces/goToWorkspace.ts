import { remote } from '../state/remoteQueries.ts';

/**
 * Goes on in another workspace of this person. The page is loaded anew, so that nothing of the one before is left in it:
 * no answer, no live value, no connection.
 * @throws {RemoteError} when they are not in it any more.
 */
export async function goToWorkspace(workspace: string): Promise<void> {
  await remote.call('chooseWorkspace', { body: { workspace } });
  goHomeAnew();
}

/** Loads the home page anew, in the workspace that the session stands in now. */
export function goHomeAnew(): void {
  window.location.assign('/');
}
