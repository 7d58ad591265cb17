import type { KeptText } from '../state/session.ts';

/** A text in localStorage. A browser that keeps nothing (private mode, storage switched off) is as good as a new one. */
export function keptInBrowser(key: string): KeptText {
  return {
    read() {
      try {
        return localStorage.getItem(key);
      } catch {
        return null;
      }
    },
    write(text) {
      try {
        localStorage.setItem(key, text);
      } catch {
        // Nothing is lost that matters: panels open at their usual sizes next time.
      }
    },
  };
}
