import { useMutation } from '@tanstack/react-query';
import { CircleCheck, CircleX, ShieldCheck } from 'lucide-react';
import { sentenceOf } from '../state/remoteError.ts';
import { remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { type ChainResult, chainSentence } from './chainWords.ts';

/** Has the server look through the whole chain, and says what it found. */
export function ChainCheck() {
  const check = useMutation({ mutationFn: () => remote.call('checkAudit') });
  return (
    <section
      aria-label="Chain of entries"
      className="flex flex-wrap items-center justify-between gap-3 rounded-md border border-line bg-surface px-4 py-3 text-editor"
    >
      <div role="status" className="min-w-0 flex-1 basis-64">
        {check.data === undefined && !check.isError && (
          <p className="text-ink-soft">
            Each entry is tied to the one before it, so that a change, a gap or a forged entry shows.
          </p>
        )}
        {check.data !== undefined && <Result result={check.data} />}
        {check.isError && (
          <p className="text-danger">The chain could not be checked: {sentenceOf(check.error)}</p>
        )}
      </div>
      <Button
        icon={<ShieldCheck size={16} aria-hidden="true" />}
        isPending={check.isPending}
        onPress={() => check.mutate()}
      >
        Check the chain
      </Button>
    </section>
  );
}

function Result({ result }: { readonly result: ChainResult }) {
  const Icon = result.isWhole ? CircleCheck : CircleX;
  return (
    <p className={result.isWhole ? 'flex gap-2 text-good' : 'flex gap-2 font-medium text-danger'}>
      <Icon size={16} className="mt-0.5 shrink-0" aria-hidden="true" />
      <span>{chainSentence(result)}</span>
    </p>
  );
}
