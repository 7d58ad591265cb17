import { Eye, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useNow } from '../state/clock.ts';
import { Badge } from '../ui/Badge.tsx';
import { Button } from '../ui/Button.tsx';
import { formatAgo } from '../ui/formatTime.ts';
import { useDocument, useEditor } from './EditorContext.tsx';
import { LOOK_ONLY, WHO_CHANGES } from './roleWords.ts';

/** Says to those who may not change the flow that they may look at it, and who can. */
export function LookOnlyBanner() {
  const { canEdit } = useEditor();
  if (canEdit) return null;
  return (
    <p className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-surface px-4 py-1.5 text-small text-ink-soft">
      <Badge tone="notice" icon={<Eye size={12} aria-hidden="true" />}>
        {LOOK_ONLY}
      </Badge>
      {WHO_CHANGES}
    </p>
  );
}

/** Somebody else saved a newer draft: nothing is overwritten, the person chooses. */
export function StaleBanner() {
  const save = useDocument((state) => state.save);
  const { actions } = useEditor();
  const navigate = useNavigate();
  const now = useNow();
  const [isCopying, setIsCopying] = useState(false);
  if (save.kind !== 'stale') return null;
  const { theirs } = save;
  const keep = async () => {
    setIsCopying(true);
    const id = await actions.keepAsCopy();
    setIsCopying(false);
    if (id === undefined) return;
    actions.loadTheirs();
    await navigate(`/flows/${id}`);
  };
  return (
    <div
      role="alert"
      className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-caution-soft px-4 py-2"
    >
      <TriangleAlert size={16} aria-hidden="true" className="shrink-0 text-caution" />
      <p className="min-w-0 flex-1">
        <strong className="font-medium">
          {theirs.updatedBy === '' ? 'Somebody else' : theirs.updatedBy} saved this flow{' '}
          {formatAgo(theirs.updatedAt, now)}.
        </strong>{' '}
        Your changes are still here, and are not saved.
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="small" onPress={() => window.open(`/flows/${theirs.id}`, '_blank', 'noopener')}>
          See theirs
        </Button>
        <Button size="small" isPending={isCopying} onPress={() => void keep()}>
          Keep mine as a copy
        </Button>
        <Button size="small" onPress={actions.loadTheirs}>
          Load theirs
        </Button>
      </div>
    </div>
  );
}
