import type { ReactNode } from 'react';

export interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  /** It is the whole page, and its title the heading of it. */
  readonly isPage?: boolean | undefined;
  /** What would be here, and how it gets here. */
  readonly children?: ReactNode;
  /** The one button that gets people going. */
  readonly action?: ReactNode;
}

/** Nothing here yet: says what belongs here and offers the first step. */
export function EmptyState({ icon, title, isPage = false, children, action }: EmptyStateProps) {
  const Title = isPage ? 'h1' : 'p';
  return (
    <div className="flex flex-col items-center gap-2 px-6 py-10 text-center">
      {icon !== undefined && (
        <span className="mb-1 flex size-10 items-center justify-center rounded-md bg-sunken text-ink-soft">
          {icon}
        </span>
      )}
      <Title className="text-operator font-medium text-ink">{title}</Title>
      {children !== undefined && <div className="max-w-md text-editor text-ink-soft">{children}</div>}
      {action !== undefined && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
