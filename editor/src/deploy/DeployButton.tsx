import type { Problem } from '@sluice/shared/flow/problem.ts';
import { OctagonAlert, Rocket } from 'lucide-react';
import { useState } from 'react';
import { count } from '../flow/count.ts';
import { useDocument, useEditor, useProblems } from '../flow/EditorContext.tsx';
import { LOOK_ONLY, WHO_CHANGES } from '../flow/roleWords.ts';
import { Button } from '../ui/Button.tsx';

/** Makes the draft run. Where it cannot, the reason stands beside it, and leads to what has to be mended. */
export function DeployButton() {
  const { actions, session, canEdit } = useEditor();
  const errors = useProblems().filter((problem) => problem.severity === 'error');
  const isCurrent = useDocument(
    ({ about, flow, saved }) => about.deployment?.state === 'running' && !about.changed && flow === saved,
  );
  const [isWorking, setIsWorking] = useState(false);
  const reason = canEdit ? whyNot(errors, isCurrent) : `${LOOK_ONLY}. ${WHO_CHANGES}`;
  const deploy = async () => {
    setIsWorking(true);
    await actions.deployOrReview();
    setIsWorking(false);
  };
  return (
    <div className="flex items-center gap-2">
      {errors.length > 0 && (
        <Button
          variant="quiet"
          onPress={() => {
            session.set({ isLeftOpen: true, leftTab: 'problems' });
          }}
        >
          <span className="flex items-center gap-1.5 text-danger tabular-nums">
            <OctagonAlert size={16} aria-hidden="true" />
            {errors.length} <span className="max-sm:sr-only">to fix</span>
          </span>
        </Button>
      )}
      <span title={reason ?? 'Ctrl+Enter'}>
        <Button
          variant="primary"
          icon={<Rocket size={16} aria-hidden="true" />}
          isDisabled={reason !== undefined}
          isPending={isWorking}
          aria-describedby="why-no-deploy"
          onPress={() => void deploy()}
        >
          Deploy
        </Button>
      </span>
      <span id="why-no-deploy" className="sr-only">
        {reason}
      </span>
    </div>
  );
}

function whyNot(errors: readonly Problem[], isCurrent: boolean): string | undefined {
  if (errors.length > 0) return `First mend ${count(errors.length, 'problem')}: ${errors[0]?.sentence ?? ''}`;
  return isCurrent ? 'What you see is what runs: there is nothing to deploy.' : undefined;
}
