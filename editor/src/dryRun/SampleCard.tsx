import { durationSchema, toMs } from '@sluice/shared/message/duration.ts';
import { ChevronRight, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure';
import { Heading } from 'react-aria-components/Heading';
import { useStore } from 'zustand';
import { useLastInput, useLastOutput } from '../debug/useWire.ts';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { DurationInput } from '../ui/DurationInput.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { offsetText } from './offset.ts';
import { placeId, placeOfId, placesOf } from './place.ts';
import { contentOf, type Sample } from './sample.ts';
import { useTests } from './useTests.ts';

export interface SampleCardProps {
  readonly sample: Sample;
  readonly number: number;
  readonly isOpenFirst: boolean;
}

/** One sample message: a line, and its fields when it is opened. */
export function SampleCard({ sample, number, isOpenFirst }: SampleCardProps) {
  const { catalog } = useEditor();
  const tests = useTests();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === sample.node));
  const hasProblem = useStore(tests, ({ problems }) => problems.some(({ key }) => key === sample.key));
  const [isOpen, setIsOpen] = useState(isOpenFirst);
  // Where it comes in is worth the room when not all come in at one node, or when that one is gone.
  const isNamed = useStore(tests, ({ samples }) => samples.some((other) => other.node !== sample.node));
  const name = node === undefined ? 'a node that is gone' : isNamed ? describeNode(node, catalog).name : '';
  const at = durationSchema.safeParse(sample.at).success ? offsetText(toMs(sample.at)) : sample.at;
  return (
    <div className="rounded-md border border-line">
      <div className="flex items-center gap-1 pr-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setIsOpen(!isOpen)}
          className="flex min-h-9 min-w-0 flex-1 items-center gap-2 rounded-md px-2 text-left hover:bg-hover focus-visible:-outline-offset-2"
        >
          <ChevronRight
            size={14}
            aria-hidden="true"
            className={isOpen ? 'shrink-0 rotate-90 text-ink-faint' : 'shrink-0 text-ink-faint'}
          />
          <span className="shrink-0 text-ink-soft tabular-nums">{at}</span>
          <span className="min-w-0 flex-1 truncate">
            {[sample.device, name].filter((part) => part !== '').join(' · ')}{' '}
            <span className="font-mono text-small text-ink-soft">{sample.payload}</span>
          </span>
        </button>
        <IconButton
          size="small"
          icon={<Trash2 size={14} />}
          label={`Delete message ${number}`}
          onPress={() => tests.remove(sample.key)}
        />
      </div>
      {(isOpen || hasProblem) && <Fields sample={sample} isFirst={number === 1} />}
    </div>
  );
}

function Fields({ sample, isFirst }: { readonly sample: Sample; readonly isFirst: boolean }) {
  const tests = useTests();
  const problems = useStore(tests, (state) => state.problems);
  const errorOf = (field: 'at' | 'payload') =>
    problems.find((problem) => problem.key === sample.key && problem.field === field)?.sentence;
  const change = (part: Partial<Sample>) => tests.change(sample.key, part);
  return (
    <div className="flex flex-col gap-3 border-t border-line p-3">
      <TextField
        label="Payload"
        description="JSON, or plain text."
        error={errorOf('payload')}
        value={sample.payload}
        onChange={(payload) => change({ payload })}
        lines={3}
        isMono
      />
      <TextField label="Device" value={sample.device} onChange={(device) => change({ device })} />
      <WhenAndWhere sample={sample} isFirst={isFirst} errorAt={errorOf('at')} />
      <TakeLast sample={sample} />
    </div>
  );
}

interface WhenAndWhereProps {
  readonly sample: Sample;
  readonly isFirst: boolean;
  readonly errorAt: string | undefined;
}

/** What the first sample seldom needs: it comes at the start, where messages come from. */
function WhenAndWhere({ sample, isFirst, errorAt }: WhenAndWhereProps) {
  const { catalog } = useEditor();
  const tests = useTests();
  const flow = useDocument((state) => state.flow);
  const [isOpen, setIsOpen] = useState(!isFirst);
  const change = (part: Partial<Sample>) => tests.change(sample.key, part);
  return (
    <Disclosure isExpanded={isOpen || errorAt !== undefined} onExpandedChange={setIsOpen}>
      <Heading className="font-medium">
        <AriaButton
          slot="trigger"
          className="flex min-h-6 items-center gap-1 rounded-sm text-ink-soft data-hovered:text-ink"
        >
          <ChevronRight size={14} className={isOpen ? 'rotate-90' : ''} aria-hidden="true" />
          When and where
        </AriaButton>
      </Heading>
      <DisclosurePanel>
        <div className="flex flex-col gap-3 pt-3">
          <DurationInput
            label="After the start"
            error={errorAt}
            value={sample.at}
            onChange={(at) => change({ at: at ?? '0s' })}
          />
          <Select
            label="Where it comes in"
            choices={placesOf(flow, catalog)}
            value={placeId(sample)}
            onChange={(id) => change(placeOfId(id))}
          />
          <TextField
            label="Topic (optional)"
            value={sample.topic}
            onChange={(topic) => change({ topic })}
            isMono
          />
        </div>
      </DisclosurePanel>
    </Disclosure>
  );
}

/** Takes the content of the newest real message at the same place, where one was seen. */
function TakeLast({ sample }: { readonly sample: Sample }) {
  const tests = useTests();
  const arrived = useLastInput(sample.node);
  const left = useLastOutput(sample.node, sample.port);
  const seen = left ?? arrived;
  if (seen === undefined) return null;
  return (
    <div>
      <Button size="small" onPress={() => tests.change(sample.key, contentOf(seen))}>
        Take the last real one
      </Button>
    </div>
  );
}
