import type { ReactNode } from 'react';

export interface ExampleProps {
  readonly title: string;
  readonly children: ReactNode;
}

/** One component under its name. */
export function Example({ title, children }: ExampleProps) {
  return (
    <section className="grid gap-x-6 gap-y-2 border-t border-line py-4 text-editor md:grid-cols-[10rem_1fr]">
      <h3 className="font-medium">{title}</h3>
      <div className="flex flex-wrap items-start gap-3">{children}</div>
    </section>
  );
}
