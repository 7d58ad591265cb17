import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import { ProofDialog } from './ProofDialog.tsx';
import { RecoveryCodes } from './RecoveryCodes.tsx';

/** Makes new recovery codes, for who shows password and code once more, and shows them once. */
export function RenewRecoveryCodes({ onClose }: { readonly onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[]>();
  if (codes !== undefined) {
    return (
      <RecoveryCodes lead="The codes of before are worth nothing any more." codes={codes} onClose={onClose} />
    );
  }
  return (
    <ProofDialog
      title="Make new recovery codes?"
      lead="You get ten new ones. Those that you have kept so far are worth nothing any more."
      action="Make new codes"
      send={(proof) => remote.call('renewRecoveryCodes', { body: proof })}
      onDone={({ recoveryCodes }) => setCodes(recoveryCodes)}
      onClose={onClose}
    />
  );
}
