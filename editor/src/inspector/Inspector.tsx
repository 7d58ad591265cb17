import type { FlowNode, Wire } from '@sluice/shared/flow/flow.ts';
import { wireKey } from '@sluice/shared/flow/flow.ts';
import { MousePointerClick, Trash2 } from 'lucide-react';
import { MessageView } from '../debug/MessageView.tsx';
import { useWire } from '../debug/useWire.ts';
import { DryRunPanel } from '../dryRun/DryRunPanel.tsx';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor, useSelectedNode, useSession } from '../flow/EditorContext.tsx';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { formatNumber } from '../ui/formatValue.ts';
import { Tabs } from '../ui/Tabs.tsx';
import { TextField } from '../ui/TextField.tsx';
import { DataTab } from './DataTab.tsx';
import { HelpTab } from './HelpTab.tsx';
import { NotesTab } from './NotesTab.tsx';
import { SetupTab } from './SetupTab.tsx';
import { TestTab } from './TestTab.tsx';

/** The right panel: what is selected, to set up and to look into. */
export default function Inspector() {
  const node = useSelectedNode();
  const { nodes, wires } = useSession(({ selection }) => selection);
  const flowWires = useDocument(({ flow }) => flow.wires);
  const wire = wires.length === 1 ? flowWires.find((one) => wireKey(one) === wires[0]) : undefined;
  if (node !== undefined) return <NodePanel key={node.id} node={node} />;
  if (nodes.length > 1) return <ManyPanel count={nodes.length} />;
  if (wire !== undefined) return <WirePanel wire={wire} />;
  return <FlowPanel />;
}

function NodePanel({ node }: { readonly node: FlowNode }) {
  const { catalog, session } = useEditor();
  const entry = catalog.get(node.type);
  const selected = useSession(({ rightTab }) => rightTab);
  const { name, title } = describeNode(node, catalog);
  if (entry === undefined) {
    return (
      <EmptyState title={`Unknown node type “${node.type}”`}>
        This Sluice does not have it. Delete the node, or update Sluice.
      </EmptyState>
    );
  }
  const isNote = entry.definition.kind === 'note';
  const tabs = [
    { id: 'setup', label: 'Set up', content: <SetupTab node={node} entry={entry} /> },
    ...(isNote
      ? []
      : [
          { id: 'data', label: 'Data', content: <DataTab node={node} /> },
          { id: 'test', label: 'Test', content: <TestTab node={node} /> },
        ]),
    { id: 'notes', label: 'Notes', content: <NotesTab node={node} /> },
    { id: 'help', label: 'Help', content: <HelpTab node={node} entry={entry} /> },
  ];
  return (
    <div className="flex h-full min-h-0 flex-col">
      <header className="flex shrink-0 items-baseline justify-between gap-3 px-4 pt-3 pb-1">
        <h2 className="truncate text-operator font-semibold">{name}</h2>
        {name !== title && <span className="shrink-0 text-small text-ink-soft">{title}</span>}
      </header>
      <Tabs
        label={`Panel of ${name}`}
        isFilling
        tabs={tabs}
        selected={tabs.some(({ id }) => id === selected) ? selected : 'setup'}
        onSelect={(rightTab) => session.set({ rightTab })}
      />
    </div>
  );
}

function ManyPanel({ count }: { readonly count: number }) {
  const { actions, canEdit } = useEditor();
  if (!canEdit)
    return <EmptyState title={`${count} nodes selected`}>Select one of them to look into it.</EmptyState>;
  return (
    <EmptyState
      title={`${count} nodes selected`}
      action={
        <>
          <Button onPress={() => actions.align('left')}>Align left</Button>
          <Button onPress={() => actions.align('top')}>Align top</Button>
          <Button onPress={actions.duplicateSelection}>Duplicate</Button>
          <Button icon={<Trash2 size={16} />} onPress={actions.removeSelection}>
            Delete
          </Button>
        </>
      }
    >
      Select one of them to change its settings.
    </EmptyState>
  );
}

function WirePanel({ wire }: { readonly wire: Wire }) {
  const { actions, catalog, canEdit } = useEditor();
  const nodes = useDocument(({ flow }) => flow.nodes);
  const { count, rate, recent } = useWire(wireKey(wire));
  const nameOf = (id: string) => {
    const node = nodes.find((one) => one.id === id);
    return node === undefined ? id : describeNode(node, catalog).name;
  };
  return (
    <div className="flex h-full min-h-0 flex-col gap-3 overflow-auto p-4">
      <h2 className="text-operator font-semibold">
        {nameOf(wire.from[0])} → {nameOf(wire.to[0])}
      </h2>
      <p className="flex items-center gap-2 text-ink-soft tabular-nums">
        <Badge>{wire.from[1]}</Badge>
        {formatNumber(count)} messages · {formatNumber(rate)} /s
      </p>
      {recent.length === 0 && (
        <p className="text-ink-soft">No message has passed while this page was open.</p>
      )}
      {recent.map((message, index) => (
        <div key={`${message.id} ${message.time} ${index}`} className="rounded-md border border-line py-1.5">
          <MessageView message={message} />
        </div>
      ))}
      {canEdit && (
        <div>
          <Button icon={<Trash2 size={16} />} onPress={() => actions.removeWires([wire])}>
            Delete wire
          </Button>
        </div>
      )}
    </div>
  );
}

/** Nothing is selected: the flow as a whole. */
function FlowPanel() {
  const { session } = useEditor();
  const selected = useSession(({ rightTab }) => rightTab);
  return (
    <Tabs
      label="Panel of the flow"
      isFilling
      tabs={[
        { id: 'setup', label: 'Flow', content: <AboutFlow /> },
        {
          id: 'test',
          label: 'Test',
          content: (
            <div className="flex flex-col gap-4 p-4">
              <DryRunPanel />
            </div>
          ),
        },
      ]}
      selected={selected === 'test' ? 'test' : 'setup'}
      onSelect={(rightTab) => session.set({ rightTab })}
    />
  );
}

function AboutFlow() {
  const { history, actions, canEdit } = useEditor();
  const flow = useDocument((state) => state.flow);
  return (
    <div className="flex flex-col gap-4 p-4">
      <h2 className="sr-only">Flow</h2>
      <TextField
        label="Name"
        value={flow.name}
        onChange={actions.rename}
        onBlur={actions.endGesture}
        isReadOnly={!canEdit}
      />
      <TextField
        label="Description"
        description="What this flow is for, in words that an operator understands."
        value={flow.description ?? ''}
        onChange={(text) =>
          history.edit(
            { kind: 'setFlow', set: { description: text === '' ? null : text } },
            { label: 'Change the description', gesture: 'description' },
          )
        }
        onBlur={actions.endGesture}
        isReadOnly={!canEdit}
        lines={4}
      />
      <EmptyState icon={<MousePointerClick size={20} />} title="Select a node">
        Its settings, data and help show here.
      </EmptyState>
    </div>
  );
}
