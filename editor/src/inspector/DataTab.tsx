import { type FlowNode, type Wire, wireKey } from '@sluice/shared/flow/flow.ts';
import { Radio } from 'lucide-react';
import { useState } from 'react';
import { MessageView } from '../debug/MessageView.tsx';
import { useWire, useWiresOf } from '../debug/useWire.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { describeNode } from '../flow/describe.ts';
import { StartTrace } from '../trace/StartTrace.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { KeptState } from './KeptState.tsx';
import { OutboxPart } from './OutboxPart.tsx';
import { SearchField } from '../ui/SearchField.tsx';
import { formatNumber } from '../ui/formatValue.ts';

/** What a node has to do with now: what waits to be sent, the newest message on each wire, and what it keeps. */
export function DataTab({ node }: { readonly node: FlowNode }) {
  const { catalog } = useEditor();
  const definition = catalog.get(node.type)?.definition;
  return (
    <div className="flex flex-col gap-6 p-4">
      <OutboxPart key={`outbox ${node.id}`} node={node.id} />
      <OnWires node={node} />
      {definition?.kind === 'source' && <StartTrace node={node.id} />}
      {definition?.state !== undefined && <KeptState key={`kept ${node.id}`} node={node.id} />}
    </div>
  );
}

/** What came in, and what the node made of it. */
function OnWires({ node }: { readonly node: FlowNode }) {
  const incoming = useWiresOf(node.id, 'in');
  const outgoing = onePerPort(useWiresOf(node.id, 'out'));
  const [search, setSearch] = useState('');
  if (incoming.length + outgoing.length === 0) {
    return (
      <EmptyState icon={<Radio size={20} />} title="No wires yet">
        Wire this node to others, and the messages that pass show here.
      </EmptyState>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <SearchField label="Search names and values" value={search} onChange={setSearch} />
      {incoming.length > 0 && <Part title="In" wires={incoming} search={search} />}
      {outgoing.length > 0 && <Part title="Out" wires={outgoing} search={search} />}
    </div>
  );
}

/** All wires of one output carry the same. */
function onePerPort(wires: readonly Wire[]): readonly Wire[] {
  return wires.filter((wire, index) => wires.findIndex((other) => other.from[1] === wire.from[1]) === index);
}

interface PartProps {
  readonly title: 'In' | 'Out';
  readonly wires: readonly Wire[];
  readonly search: string;
}

function Part({ title, wires, search }: PartProps) {
  return (
    <section aria-label={title} className="flex flex-col gap-2">
      <h3 className="text-small font-medium text-ink-soft">{title}</h3>
      {wires.map((wire) => (
        <OnWire key={wireKey(wire)} wire={wire} side={title} search={search} />
      ))}
    </section>
  );
}

function OnWire({
  wire,
  side,
  search,
}: {
  readonly wire: Wire;
  readonly side: 'In' | 'Out';
  readonly search: string;
}) {
  const { catalog } = useEditor();
  const { count, rate, recent } = useWire(wireKey(wire));
  const other = useDocument(({ flow }) =>
    flow.nodes.find(({ id }) => id === (side === 'In' ? wire.from[0] : wire.to[0])),
  );
  const name = other === undefined ? wire.from[0] : describeNode(other, catalog).name;
  const [newest] = recent;
  return (
    <div className="rounded-md border border-line">
      <p className="flex items-baseline justify-between gap-2 border-b border-line px-2 py-1.5 text-small">
        <span className="truncate">{side === 'In' ? `from ${name}` : `at “${wire.from[1]}”`}</span>
        <span className="shrink-0 text-ink-soft tabular-nums">
          {formatNumber(count)} · {formatNumber(rate)} /s
        </span>
      </p>
      <div className="py-1.5">
        {newest === undefined ? (
          <p className="px-2 text-small text-ink-soft">No message yet.</p>
        ) : (
          <MessageView message={newest} search={search} />
        )}
      </div>
    </div>
  );
}
