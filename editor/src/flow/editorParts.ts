import type { ReactNode } from 'react';

/** What the layouts lay out, each in its own way. */
export interface EditorParts {
  readonly left: ReactNode;
  readonly canvas: ReactNode;
  readonly right: ReactNode;
  readonly dock: ReactNode;
}
