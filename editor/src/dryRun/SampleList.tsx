import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { wireKey } from '@sluice/shared/flow/flow.ts';
import { History, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import type { Editor } from '../flow/editor.ts';
import { firstPlace } from './place.ts';
import { SampleCard } from './SampleCard.tsx';
import { exampleOf } from './exampleOf.ts';
import { contentOf, samplesOfInputs, type SampleParts } from './sample.ts';
import type { FlowTests } from './testState.ts';
import { useTests } from './useTests.ts';

const MOST_RECENT = 20;
/** What a first sample looks like where nothing was seen yet, and the node has no example. */
const PLAIN: SampleParts = {
  node: '',
  port: '',
  at: '0s',
  device: 'device-1',
  topic: '',
  payload: '{ "temperature": 20 }',
  headers: {},
};

/** The messages that the draft is tried on. */
export function SampleList({ node }: { readonly node: FlowNode | undefined }) {
  const editor = useEditor();
  const tests = useTests();
  const samples = useStore(tests, (state) => state.samples);
  const [said, setSaid] = useState<string>();
  const [added, setAdded] = useState<number>();
  const add = () => {
    const sample = newSample(editor, tests, node);
    setSaid(sample === undefined ? 'This flow has no node yet that a message could come to.' : undefined);
    if (sample !== undefined) setAdded(tests.add(sample));
  };
  const takeRecent = async () => setSaid(await recentInto(editor, tests));
  return (
    <section aria-label="Sample messages" className="flex flex-col gap-2">
      <h3 className="font-medium">Sample messages</h3>
      {samples.length === 0 && (
        <p className="text-ink-soft">Write a message as a device would send it, or take some that came.</p>
      )}
      {samples.map((sample, index) => (
        <SampleCard key={sample.key} sample={sample} number={index + 1} isOpenFirst={sample.key === added} />
      ))}
      <div className="flex flex-wrap gap-2">
        <Button size="small" icon={<Plus size={14} aria-hidden="true" />} onPress={add}>
          Add a message
        </Button>
        <Button
          size="small"
          icon={<History size={14} aria-hidden="true" />}
          onPress={() => void takeRecent()}
        >
          Take recent ones
        </Button>
        {samples.length > 1 && (
          <Button size="small" variant="quiet" onPress={() => tests.take([], tests.getState().runFor)}>
            Remove all
          </Button>
        )}
      </div>
      {said !== undefined && (
        <p role="status" className="text-small text-ink-soft">
          {said}
        </p>
      )}
    </section>
  );
}

/** A copy of the last sample, or one as it was last seen where it would come in. */
function newSample(
  { document, catalog, live }: Editor,
  tests: FlowTests,
  node: FlowNode | undefined,
): SampleParts | undefined {
  const last = tests.getState().samples.at(-1);
  if (last !== undefined) {
    const { key: _, ...parts } = last;
    return parts;
  }
  const { flow } = document.getState();
  const place = firstPlace(flow, catalog, node);
  if (place === undefined) return undefined;
  const wires = flow.wires.filter(({ from, to }) =>
    [from, to].some(([id, port]) => id === place.node && port === place.port),
  );
  const [seen] = wires.flatMap((wire) => live.wire(wireKey(wire)).recent.slice(0, 1));
  const source = flow.nodes.find(({ id }) => id === place.node);
  const content = seen === undefined ? exampleOf(catalog.get(source?.type ?? '')) : contentOf(seen);
  return { ...PLAIN, ...content, ...place };
}

/** Adds the last messages of the flow that runs; says so where there are none. */
async function recentInto({ document, catalog }: Editor, tests: FlowTests): Promise<string | undefined> {
  const asked = await tests.recent();
  if (!asked.ok) return asked.sentence;
  const { flow } = document.getState();
  const known = asked.value.filter((input) => flow.nodes.some(({ id }) => id === input.node));
  if (known.length === 0)
    return 'No message has come to the flow since it was started. Deploy it, wait for one, or write one by hand.';
  const portOf = (id: string) =>
    firstPlace(
      flow,
      catalog,
      flow.nodes.find((one) => one.id === id),
    )?.port ?? 'out';
  const { samples, runFor } = tests.getState();
  // What was written by hand stays.
  tests.take([...samples, ...samplesOfInputs(known.slice(-MOST_RECENT), portOf)], runFor);
  return undefined;
}
