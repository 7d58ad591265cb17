import type { FlowSummary } from '@sluice/shared/protocol/http.ts';
import { Link } from 'react-router';
import { Badge, TONES } from '../ui/Badge.tsx';
import { classes } from '../ui/classes.ts';
import { StatusDot } from '../ui/StatusDot.tsx';
import { Time } from '../ui/Time.tsx';
import { FlowActions } from './FlowActions.tsx';
import { flowState } from './flowState.ts';

/** One flow: what it does in words, how it stands, and what one can do with it. */
export function FlowCard({ flow }: { readonly flow: FlowSummary }) {
  const state = flowState(flow.deployment);
  return (
    <li className="flex min-w-0 flex-col rounded-md border border-line bg-surface p-4 shadow-card">
      <div className="flex items-start justify-between gap-3">
        <h3 className="min-w-0 font-semibold">
          <Link
            to={`/flows/${encodeURIComponent(flow.id)}`}
            className="rounded-sm wrap-anywhere hover:text-accent-text hover:underline hover:underline-offset-2"
          >
            {flow.name}
          </Link>
        </h3>
        <span className="mt-0.5 text-editor">
          <StatusDot status={state.status} word={state.word} />
        </span>
      </div>
      <p className="mt-1 line-clamp-2 text-editor text-ink-soft">
        {flow.sentence === '' ? 'Nothing drawn yet.' : flow.sentence}
      </p>
      {state.reason !== undefined && (
        <p
          className={classes(
            'mt-2 rounded-sm px-2 py-1 text-editor wrap-anywhere',
            state.status === 'danger' ? TONES.danger : TONES.caution,
          )}
        >
          {state.reason}
        </p>
      )}
      <div className="mt-auto flex items-center justify-between gap-2 pt-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-1 text-editor text-ink-soft">
          {flow.deployment !== undefined && <Badge>v{flow.deployment.version}</Badge>}
          {flow.changed && flow.deployment !== undefined && <Badge tone="notice">draft changed</Badge>}
          <span>
            edited <Time at={flow.updatedAt} />
          </span>
        </div>
        <FlowActions flow={flow} offer={state.offer} />
      </div>
    </li>
  );
}
