import type { Figures } from '@sluice/shared/protocol/running.ts';
import { useQuery } from '@tanstack/react-query';
import { Workflow } from 'lucide-react';
import { useState } from 'react';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { counted } from '../ui/formatValue.ts';
import { EmptyState } from '../ui/EmptyState.tsx';
import { ErrorState } from '../ui/ErrorState.tsx';
import { Page, PageTitle, Section } from '../ui/Page.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { ButtonLink, TextLink } from '../ui/TextLink.tsx';
import { type FiguresHistory, type FlowSort, rowsOf } from './figuresHistory.ts';
import { figuresQuery, outboxesQuery } from './figuresQueries.ts';
import { FlowPanel } from './FlowPanel.tsx';
import { FlowTable } from './FlowTable.tsx';
import { isOfNote, OutboxList } from './OutboxList.tsx';
import { ProcessCards } from './ProcessCards.tsx';

/** `/health`: what flows and processes do and take, and what waits for targets that are away. */
export default function HealthScreen() {
  usePageTitle('Health');
  const figures = useQuery(figuresQuery);
  return (
    <Page>
      <PageTitle
        title="Health"
        lead={
          <>
            What Sluice does and what it takes, over the last 10 seconds. The lines show the last five
            minutes. What it may take is under <TextLink to="/settings">Settings</TextLink>.
          </>
        }
      />
      {figures.isPending && <Spinner label="Loading the figures" />}
      {figures.isError && figures.data === undefined && (
        <ErrorState
          title="The figures could not be loaded"
          error={figures.error}
          onRetry={() => void figures.refetch()}
        />
      )}
      {figures.data !== undefined && (
        <>
          <Section title="Processes">
            <ProcessCards {...figures.data} />
          </Section>
          <Waiting figures={figures.data.figures} />
          <Section title="Flows">
            <Flows {...figures.data} />
          </Section>
        </>
      )}
    </Page>
  );
}

function Waiting({ figures }: { readonly figures: Figures }) {
  const outboxes = useQuery(outboxesQuery);
  const names = new Map(figures.flows.map(({ flow, name }) => [flow, name]));
  const ofNote = outboxes.data?.filter(isOfNote) ?? [];
  return (
    <Section title="Waiting for targets">
      {outboxes.isError && outboxes.data === undefined && (
        <ErrorState
          title="What waits could not be loaded"
          error={outboxes.error}
          onRetry={() => void outboxes.refetch()}
        />
      )}
      {outboxes.data !== undefined && ofNote.length === 0 && (
        <p className="text-ink-soft">Nothing waits: every target takes what is sent to it.</p>
      )}
      {ofNote.length > 0 && <OutboxList outboxes={ofNote} names={names} />}
    </Section>
  );
}

function Flows({ figures, history }: { readonly figures: Figures; readonly history: FiguresHistory }) {
  const [sort, setSort] = useState<FlowSort>('cpu');
  const [openId, setOpenId] = useState<string>();
  if (figures.flows.length === 0) return <NoFlows />;
  const rows = rowsOf(figures.flows, sort);
  const open = rows.find(({ flow }) => flow === openId);
  return (
    <>
      <FlowTable rows={rows} history={history} sort={sort} onSort={setSort} onOpen={setOpenId} />
      <p className="mt-3 text-editor text-ink-soft">{counted(rows.length, 'flow')}</p>
      {open !== undefined && (
        <FlowPanel row={open} lag={lagOf(figures, open.flow)} onClose={() => setOpenId(undefined)} />
      )}
    </>
  );
}

function lagOf({ lag }: Figures, flow: string): ReadonlyMap<string, number> {
  return new Map(lag.flatMap((one) => (one.flow === flow ? [[one.node, one.messages] as const] : [])));
}

function NoFlows() {
  return (
    <div className="rounded-md border border-dashed border-line-strong">
      <EmptyState
        icon={<Workflow size={20} aria-hidden="true" />}
        title="No flow is deployed"
        action={<ButtonLink to="/">See the flows</ButtonLink>}
      >
        A flow is here from its first deploy on, with what it does and what it takes.
      </EmptyState>
    </div>
  );
}
