import { useEffect } from 'react';
import { type BlockerFunction, useBlocker } from 'react-router';
import { hasUnsaved } from '../state/document.ts';
import type { Editor } from './editor.ts';

/**
 * Keeps a person from leaving while something cannot be saved. What only waits for its turn is saved on leaving; the
 * browser itself is asked to hold back whenever anything is unsaved.
 */
export function useUnsavedGuard(editor: Editor): ReturnType<typeof useBlocker> {
  const { document } = editor;
  useEffect(() => {
    const hold = (event: BeforeUnloadEvent) => {
      if (hasUnsaved(document.getState())) event.preventDefault();
    };
    const saveNow = () => void document.saveNow();
    window.addEventListener('beforeunload', hold);
    window.addEventListener('online', saveNow);
    return () => {
      window.removeEventListener('beforeunload', hold);
      window.removeEventListener('online', saveNow);
    };
  }, [document]);
  const isHeld: BlockerFunction = ({ currentLocation, nextLocation }) => {
    const state = document.getState();
    const isStuck =
      state.save.kind === 'stale' || state.save.kind === 'offline' || state.save.kind === 'refused';
    return currentLocation.pathname !== nextLocation.pathname && hasUnsaved(state) && isStuck;
  };
  return useBlocker(isHeld);
}
