import type { LogEntry } from '@sluice/shared/protocol/live.ts';
import { Eraser, MessageSquare, Pause, Play, RotateCcw } from 'lucide-react';
import { useMemo, useState } from 'react';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor, useLive } from '../flow/EditorContext.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { Select } from '../ui/Select.tsx';
import { type LogFilter, filterLog } from './logFilter.ts';
import { LogList, type LogListProps } from './LogList.tsx';
import { MessageView } from './MessageView.tsx';

const ALL = ' all';
const KINDS = [
  { id: ALL, label: 'All kinds' },
  { id: 'debug', label: 'Debug' },
  { id: 'error', label: 'Errors' },
  { id: 'log', label: 'Printed by code' },
  { id: 'notice', label: 'Notices' },
] as const;

/** What debug nodes show, what failed and what code printed; searched, filtered, looked into. */
export function MessagesTab() {
  const [node, setNode] = useState<string>(ALL);
  const [kind, setKind] = useState<string>(ALL);
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<LogEntry | undefined>(undefined);
  const filter = useMemo(
    (): LogFilter => ({
      node: node === ALL ? undefined : node,
      kind: KINDS.find(({ id }) => id === kind && id !== ALL)?.id as LogEntry['kind'] | undefined,
      text,
    }),
    [node, kind, text],
  );
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-2 py-1.5">
        <div className="w-56">
          <SearchField label="Search messages" value={text} onChange={setText} size="small" />
        </div>
        <div className="w-40">
          <NodeFilter value={node} onChange={setNode} />
        </div>
        <div className="w-36">
          <Select label="Kind" isLabelHidden size="small" choices={KINDS} value={kind} onChange={setKind} />
        </div>
        <Controls />
      </div>
      <div className="flex min-h-0 flex-1">
        <div className="min-w-0 flex-1">
          <Found filter={filter} chosen={chosen} onChoose={setChosen} />
        </div>
        {chosen !== undefined && <Chosen entry={chosen} onClose={() => setChosen(undefined)} />}
      </div>
    </div>
  );
}

interface FoundProps extends Omit<LogListProps, 'entries'> {
  readonly filter: LogFilter;
}

/** The one part that is drawn again with each message that comes. */
function Found({ filter, chosen, onChoose }: FoundProps) {
  const log = useLive((state) => state.log);
  const shown = useMemo(() => filterLog(log, filter), [log, filter]);
  if (shown.length === 0) return <Nothing hasAny={log.length > 0} />;
  return <LogList entries={shown} chosen={chosen} onChoose={onChoose} />;
}

function NodeFilter({
  value,
  onChange,
}: {
  readonly value: string;
  readonly onChange: (id: string) => void;
}) {
  const { catalog } = useEditor();
  const nodes = useDocument(({ flow }) => flow.nodes);
  const choices = [
    { id: ALL, label: 'All nodes' },
    ...nodes.map((node) => ({ id: node.id, label: describeNode(node, catalog).name })),
  ];
  return (
    <Select label="Node" isLabelHidden size="small" choices={choices} value={value} onChange={onChange} />
  );
}

function Controls() {
  const { actions, live } = useEditor();
  const isPaused = useLive((state) => state.isPaused);
  const skipped = useLive((state) => state.skipped);
  return (
    <div className="ml-auto flex items-center gap-1">
      {skipped > 0 && (
        <span
          className="pr-2 text-small text-ink-soft"
          title="More came than is shown; nothing of it was lost in the flow."
        >
          {skipped.toLocaleString()} not shown
        </span>
      )}
      <IconButton
        icon={isPaused ? <Play size={16} /> : <Pause size={16} />}
        label={isPaused ? 'Go on showing messages' : 'Pause the messages'}
        size="small"
        isOn={isPaused}
        onPress={() => void actions.setPaused(!isPaused)}
      />
      <IconButton icon={<Eraser size={16} />} label="Clear the list" size="small" onPress={live.clearLog} />
    </div>
  );
}

function Nothing({ hasAny }: { readonly hasAny: boolean }) {
  if (hasAny) return <EmptyState title="No message fits the search" />;
  return (
    <EmptyState icon={<MessageSquare size={20} />} title="No messages yet">
      A “Debug” node shows here what reaches it. Errors show here by themselves.
    </EmptyState>
  );
}

interface ChosenProps {
  readonly entry: LogEntry;
  readonly onClose: () => void;
}

function Chosen({ entry, onClose }: ChosenProps) {
  const [search, setSearch] = useState('');
  const { actions, canEdit } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === entry.node));
  const { message } = entry;
  return (
    <section
      aria-label="Message"
      className="flex w-96 max-w-[60%] shrink-0 flex-col gap-2 overflow-auto border-l border-line py-2"
    >
      <div className="flex flex-wrap items-center gap-2 px-2">
        {node !== undefined && (
          <Button size="small" onPress={() => actions.goTo(node.id)}>
            Go to node
          </Button>
        )}
        {canEdit && node !== undefined && message !== undefined && (
          <Button
            size="small"
            icon={<RotateCcw size={14} />}
            onPress={() => {
              const { topic, device, payload, headers } = message;
              void actions.inject(node.id, {
                message: { topic, payload, headers, ...(device === undefined ? {} : { device }) },
              });
            }}
          >
            Replay
          </Button>
        )}
        <span className="ml-auto">
          <Button size="small" variant="quiet" onPress={onClose}>
            Close
          </Button>
        </span>
      </div>
      {entry.kind !== 'debug' && <p className="px-2">{entry.text}</p>}
      {message !== undefined && (
        <>
          <div className="px-2">
            <SearchField label="Search this message" value={search} onChange={setSearch} size="small" />
          </div>
          <MessageView message={message} search={search} />
        </>
      )}
    </section>
  );
}
