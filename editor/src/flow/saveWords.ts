import { type DocumentState, hasUnsaved } from '../state/document.ts';

/** `Saved`, `Saving…`, `Draft · changed since v3`, and what is wrong when it is not saved. */
export function saveWords(state: DocumentState): {
  readonly word: string;
  readonly sentence: string;
  readonly isWorrying: boolean;
} {
  const { save, about } = state;
  switch (save.kind) {
    case 'stale':
      return {
        word: 'Not saved',
        sentence: 'Somebody else saved this flow in the meantime.',
        isWorrying: true,
      };
    case 'offline':
      return { word: 'Not saved yet', sentence: save.sentence, isWorrying: true };
    case 'refused':
      return { word: 'Not saved', sentence: save.sentence, isWorrying: true };
    case 'waiting':
    case 'saving':
      return { word: 'Saving…', sentence: 'Drafts save by themselves.', isWorrying: false };
    case 'saved': {
      const { deployment } = about;
      const isChanged = about.changed || hasUnsaved(state);
      if (deployment === undefined)
        return { word: 'Saved', sentence: 'The draft is saved. It does not run yet.', isWorrying: false };
      return isChanged
        ? {
            word: `Draft · changed since v${deployment.version}`,
            sentence: 'The draft is saved and differs from the version that was deployed last.',
            isWorrying: false,
          }
        : { word: 'Saved', sentence: 'The draft is what was deployed last.', isWorrying: false };
    }
  }
}
