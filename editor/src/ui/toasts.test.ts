import { expect, it } from 'vitest';
import { showToasts, type ToastText, toastDone, toastFailed } from './toasts.ts';

it('[toasts] what is said before there is a place for it is shown there, in its order, and what follows at once', () => {
  const shown: ToastText[] = [];
  toastDone('Saved.');
  toastFailed('Not deployed.', { detail: 'The server is away.' });
  expect(shown).toEqual([]);
  showToasts((toast) => shown.push(toast));
  expect(shown).toEqual([
    { kind: 'done', sentence: 'Saved.' },
    { kind: 'failed', sentence: 'Not deployed.', detail: 'The server is away.' },
  ]);
  toastDone('Deployed.');
  expect(shown.map(({ sentence }) => sentence)).toEqual(['Saved.', 'Not deployed.', 'Deployed.']);
});
