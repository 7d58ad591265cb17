import { useEffect } from 'react';
import { useSearchParams } from 'react-router';
import type { Editor } from '../flow/editor.ts';

const PARAMETER = 'show';
const FAILED = 'failed';

/** The address of a flow with its failed messages open. */
export function failedPath(flow: string): string {
  return `/flows/${encodeURIComponent(flow)}?${PARAMETER}=${FAILED}`;
}

/** Whether the address asks for the failed messages. */
export function useIsFailedAsked(): boolean {
  const [parameters] = useSearchParams();
  return parameters.get(PARAMETER) === FAILED;
}

/** Opens the panel that the address asks for. */
export function useAskedPanel({ session }: Editor): void {
  const isAsked = useIsFailedAsked();
  useEffect(() => {
    if (isAsked) session.set({ isDockOpen: true, dockTab: FAILED });
  }, [session, isAsked]);
}
