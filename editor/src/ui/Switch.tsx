import type { ReactNode } from 'react';
import { Switch as AriaSwitch, type SwitchProps as AriaSwitchProps } from 'react-aria-components/Switch';

export interface SwitchProps extends Omit<AriaSwitchProps, 'className' | 'style' | 'children' | 'render'> {
  /** What is on when it is on. */
  readonly children: ReactNode;
  readonly description?: ReactNode;
}

/** On or off, at once. For a choice that a form sends later, take `Checkbox`. */
export function Switch({ children, description, ...rest }: SwitchProps) {
  return (
    <AriaSwitch {...rest} className="group flex min-h-6 items-start gap-2 data-disabled:opacity-50">
      <span
        aria-hidden="true"
        className="mt-0.5 flex h-4 w-7 shrink-0 items-center rounded-full border border-line-strong bg-sunken p-0.5 transition-colors group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-accent group-data-selected:border-accent group-data-selected:bg-accent"
      >
        <span className="size-2.5 rounded-full bg-line-strong transition-transform group-data-selected:translate-x-3 group-data-selected:bg-accent-ink" />
      </span>
      <Words description={description}>{children}</Words>
    </AriaSwitch>
  );
}

/** The words beside a switch or a checkbox. */
export function Words({
  children,
  description,
}: {
  readonly children: ReactNode;
  readonly description: ReactNode;
}) {
  return (
    <span className="flex min-w-0 flex-col">
      <span>{children}</span>
      {description !== undefined && <span className="text-small text-ink-soft">{description}</span>}
    </span>
  );
}
