import { Pin } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { count } from '../flow/count.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';
import { endsOf } from './keep.ts';
import { useTests } from './useTests.ts';

/** Saves the samples with the flow, as a scenario that expects exactly what came of them. */
export function KeepScenario() {
  const { canEdit } = useEditor();
  const tests = useTests();
  const [name, setName] = useState('');
  const [isKeeping, setIsKeeping] = useState(false);
  const run = useStore(tests, (state) => state.run);
  const flow = useDocument((state) => state.flow);
  if (!canEdit || run.kind !== 'done') return null;
  const ends = endsOf(flow);
  const arrived = run.run.steps.filter((step) => step.in !== undefined && ends.has(step.node)).length;
  const keep = async () => {
    setIsKeeping(true);
    if (await tests.keep(name)) setName('');
    setIsKeeping(false);
  };
  return (
    <section
      aria-label="Keep as a scenario"
      className="flex flex-col gap-2 rounded-md border border-line p-3"
    >
      <h3 className="font-medium">Keep as a scenario</h3>
      <p className="text-ink-soft">
        {run.until === undefined
          ? `Saved with the flow and run before each deploy. It expects exactly what happened now: ${arrived === 0 ? 'nothing comes out' : `${count(arrived, 'message')} at the end of the flow`}.`
          : 'Saved with the flow and run before each deploy. All of the flow is run for it, and it expects exactly what happens then.'}
      </p>
      <form
        className="flex items-end gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          void keep();
        }}
      >
        <div className="min-w-0 flex-1">
          <TextField
            label="Name of the scenario"
            value={name}
            onChange={setName}
            placeholder="Warm for ten minutes"
            maxLength={190}
          />
        </div>
        <Button type="submit" icon={<Pin size={16} aria-hidden="true" />} isPending={isKeeping}>
          Keep
        </Button>
      </form>
    </section>
  );
}
