import { SCENARIO_START } from '@sluice/shared/flow/scenarioStart.ts';
import type { DryEffect } from '@sluice/shared/protocol/running.ts';
import { describeNode } from '../flow/describe.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { MessageText } from './MessageText.tsx';
import { offsetText } from './offset.ts';

const MOST = 50;

export interface EffectListProps {
  readonly effects: readonly DryEffect[];
  /** Only a part of the flow ran. */
  readonly isPart: boolean;
}

/** What the flow would have done outside, in order. */
export function EffectList({ effects, isPart }: EffectListProps) {
  const more = effects.length - MOST;
  return (
    <section aria-label="What it would do" className="flex flex-col gap-2">
      <h3 className="font-medium">What it would do</h3>
      {effects.length === 0 && (
        <p className="text-ink-soft">
          {isPart
            ? 'Nothing, as far as it ran.'
            : 'Nothing: no message came to a node that acts on the outside.'}
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {effects.slice(0, MOST).map((effect, index) => (
          // A list that is shown as it came: each keeps its place.
          // oxlint-disable-next-line react/no-array-index-key
          <Effect key={index} effect={effect} />
        ))}
      </ul>
      {more > 0 && <p className="text-small text-ink-soft">And {more} more.</p>}
    </section>
  );
}

function Effect({ effect }: { readonly effect: DryEffect }) {
  const { actions, catalog } = useEditor();
  const node = useDocument(({ flow }) => flow.nodes.find(({ id }) => id === effect.node));
  return (
    <li className="rounded-md border border-line px-3 py-2">
      <p className="flex items-baseline justify-between gap-2 text-small text-ink-soft">
        <button
          type="button"
          className="min-h-6 truncate rounded-sm hover:text-ink hover:underline"
          onClick={() => actions.goTo(effect.node)}
        >
          {node === undefined ? effect.node : describeNode(node, catalog).name}
        </button>
        <span className="shrink-0 tabular-nums">{offsetText(effect.at - SCENARIO_START)}</span>
      </p>
      <p className="break-words">Would {effect.what}</p>
      <MessageText message={effect.message} />
    </li>
  );
}
