import { remote } from '../state/remoteQueries.ts';
import { sentenceOf } from '../state/remoteError.ts';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { codesLeftSentence } from './codes.ts';

/** Says how many recovery codes are left, after one was used. */
export async function tellCodesLeft(): Promise<void> {
  try {
    const { recoveryCodesLeft = 0 } = await remote.call('account');
    toastDone('The recovery code is used up', { detail: codesLeftSentence(recoveryCodesLeft) });
  } catch (error) {
    toastFailed('How many recovery codes are left is not known', { detail: sentenceOf(error) });
  }
}
