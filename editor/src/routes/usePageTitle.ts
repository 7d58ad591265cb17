import { useEffect } from 'react';

/** Names the page in the tab of the browser: `Devices · Sluice`. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title === '' ? 'Sluice' : `${title} · Sluice`;
  }, [title]);
}
