import { remote } from '../state/remoteQueries.ts';
import { toastDone } from '../ui/toasts.ts';
import { ProofDialog } from './ProofDialog.tsx';

/** Turns the second factor off, for who shows password and code once more. */
export function EndSecondFactor({ onClose }: { readonly onClose: () => void }) {
  return (
    <ProofDialog
      title="Turn off the second factor?"
      lead="From then on your password alone lets in. The app’s entry and all recovery codes are worth nothing any more."
      action="Turn off"
      isDanger
      send={(proof) => remote.call('endSecondFactor', { body: proof })}
      onDone={() => {
        toastDone('The second factor is off');
        onClose();
      }}
      onClose={onClose}
    />
  );
}
