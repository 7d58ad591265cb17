import type { ReactNode } from 'react';
import { Mark } from '../ui/Mark.tsx';

export interface AccountFrameProps {
  readonly title: string;
  /** One sentence on what this page is for. */
  readonly lead: ReactNode;
  readonly children: ReactNode;
}

/** The card in the middle of the page, before anybody is signed in. */
export function AccountFrame({ title, lead, children }: AccountFrameProps) {
  return (
    <main className="flex min-h-full flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-md">
        <div className="mb-5 flex items-center gap-2.5 px-1 text-title font-semibold">
          <Mark size={28} />
          Sluice
        </div>
        <div className="rounded-md border border-line bg-surface p-6 shadow-card sm:p-8">
          <h1 className="text-page font-semibold tracking-tight">{title}</h1>
          <p className="mt-1 mb-6 text-operator text-ink-soft">{lead}</p>
          {children}
        </div>
        <p className="mt-5 px-1 text-editor text-ink-soft">
          Draw a rule for your devices, see it run on live values, and be told when it matters.
        </p>
      </div>
    </main>
  );
}
