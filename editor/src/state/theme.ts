import { createStore } from 'zustand/vanilla';
import { readOnly } from './store.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const KEY = 'sluice.theme';

const store = createStore<{ readonly theme: Theme }>(() => ({ theme: 'system' }));
export const themeStore = readOnly(store);

/** Shows the page as it was last chosen in this browser. */
export function restoreTheme(): void {
  apply(THEMES.find((theme) => theme === readKept()) ?? 'system');
}

/** Changes light and dark at once, and keeps the choice in this browser. */
export function chooseTheme(theme: Theme): void {
  apply(theme);
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing (private mode, storage switched off) still shows the choice until the page is left.
  }
}

function apply(theme: Theme): void {
  store.setState({ theme });
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset['theme'];
  else root.dataset['theme'] = theme;
}

function readKept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
