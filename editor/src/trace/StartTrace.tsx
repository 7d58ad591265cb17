import { Route } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { TextField } from '../ui/TextField.tsx';

/** Asks for a trace of the next message: of any source and device, or of those that are named. */
export function StartTrace({ node }: { readonly node?: string }) {
  const { actions, traces } = useEditor();
  const isRunning = useDocument((state) => state.about.deployment?.state === 'running');
  const waiting = useStore(traces, (state) => state.waiting);
  const isAwaited = useStore(traces, (state) => state.isAwaited);
  const [device, setDevice] = useState('');
  if (waiting !== undefined) {
    return (
      <div role="status" className="flex flex-wrap items-center gap-2 text-ink-soft">
        <Spinner label="Waiting for a message" size={16} />
        {isAwaited ? 'Waiting for the next message' : 'Asking the flow for the next message'}
        {waiting.device !== undefined && waiting.device !== '' && ` of ${waiting.device}`} …
        <Button size="small" variant="quiet" onPress={() => traces.wait(undefined)}>
          Stop waiting
        </Button>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label="Device to trace"
        isLabelHidden
        size="small"
        placeholder="Any device"
        value={device}
        onChange={setDevice}
        maxLength={256}
      />
      <div>
        <Button
          size="small"
          icon={<Route size={16} aria-hidden="true" />}
          isDisabled={!isRunning}
          onPress={() => void actions.trace({ node, device: device.trim() })}
        >
          Trace next message
        </Button>
      </div>
      {!isRunning && <p className="text-small text-ink-soft">The flow does not run, so no message comes.</p>}
    </div>
  );
}
