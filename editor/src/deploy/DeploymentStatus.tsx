import { useDocument } from '../flow/EditorContext.tsx';
import { StatusDot } from '../ui/StatusDot.tsx';
import { liveState } from './liveState.ts';

/** Whether and which version of the flow runs. */
export function DeploymentStatus() {
  const deployment = useDocument((state) => state.about.deployment);
  const { status, word } = liveState(deployment);
  return (
    <span role="status" title={deployment?.sentence ?? 'Press Deploy to make the flow run.'}>
      <StatusDot status={status} word={word} />
    </span>
  );
}
