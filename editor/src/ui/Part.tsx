import { Component, type ReactNode, Suspense } from 'react';
import { sentenceOf } from '../state/remoteError.ts';
import { Button } from './Button.tsx';

export interface PartProps {
  readonly children: ReactNode;
  /** Stands there while the part is fetched. */
  readonly waiting?: ReactNode;
  /** Stands there where the part cannot be shown; without it, a sentence that says why. */
  readonly failed?: ReactNode;
}

/** A part of a screen that is fetched by itself. Where that fails, or the part breaks, the rest of the screen stays. */
export function Part({ children, waiting, failed }: PartProps) {
  return (
    <Boundary failed={failed}>
      <Suspense fallback={waiting}>{children}</Suspense>
    </Boundary>
  );
}

interface BoundaryState {
  readonly broken: { readonly error: unknown } | undefined;
}

// React takes in what breaks below a component by classes only.
class Boundary extends Component<Pick<PartProps, 'children' | 'failed'>, BoundaryState> {
  override state: BoundaryState = { broken: undefined };

  static getDerivedStateFromError(error: unknown): BoundaryState {
    return { broken: { error } };
  }

  override render(): ReactNode {
    const { broken } = this.state;
    if (broken === undefined) return this.props.children;
    return this.props.failed === undefined ? <Failed error={broken.error} /> : this.props.failed;
  }
}

function Failed({ error }: { readonly error: unknown }) {
  return (
    <div role="alert" className="flex flex-col items-start gap-3 p-4">
      <p className="text-ink-soft">
        This part could not be shown: {sentenceOf(error)} The rest of the page works on; load the page again
        when your changes are saved.
      </p>
      <Button size="small" onPress={() => window.location.reload()}>
        Load again
      </Button>
    </div>
  );
}
