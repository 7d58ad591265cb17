import { type ReactNode, useState } from 'react';

export interface ConnectionTlsProps {
  /** Something is set in it. */
  readonly isUsed: boolean;
  /** Something in it is wrong. */
  readonly hasProblem: boolean;
  readonly children: ReactNode;
}

/** The part of a form about TLS, which most connections need nothing of: shut unless something is set or wrong in it. */
export function ConnectionTls({ isUsed, hasProblem, children }: ConnectionTlsProps) {
  const [isWanted, setIsWanted] = useState(isUsed);
  return (
    <details
      open={isWanted || hasProblem}
      onToggle={(event) => setIsWanted(event.currentTarget.open)}
      className="rounded-md border border-line px-3 py-2"
    >
      <summary className="cursor-pointer rounded-sm font-medium">Private CA and client certificate</summary>
      <div className="mt-3 flex flex-col gap-4 pb-1">{children}</div>
    </details>
  );
}
