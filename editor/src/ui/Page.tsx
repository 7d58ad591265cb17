import type { ReactNode } from 'react';

/** The width and the air of an operator's screen. */
export function Page({ children }: { readonly children: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-8 px-4 py-6 text-operator sm:px-8 sm:py-10">
      {children}
    </div>
  );
}

export interface SectionProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under its own heading. */
export function Section({ title, actions, children }: SectionProps) {
  return (
    <section aria-label={title} className="min-w-0">
      <div className="mb-3 flex min-h-8 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h2 className="text-title font-semibold tracking-tight">{title}</h2>
        {actions !== undefined && <div className="flex gap-2">{actions}</div>}
      </div>
      {children}
    </section>
  );
}

export interface PageTitleProps {
  readonly title: string;
  /** What the page is about, as one line. */
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
}

/** The heading of a page that has one subject. */
export function PageTitle({ title, lead, actions }: PageTitleProps) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        <h1 className="text-page font-semibold tracking-tight">{title}</h1>
        {lead !== undefined && <p className="max-w-2xl text-ink-soft">{lead}</p>}
      </div>
      {actions !== undefined && <div className="flex gap-2">{actions}</div>}
    </div>
  );
}
