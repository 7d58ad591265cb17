import { StatusDot } from '../ui/StatusDot.tsx';
import { useDocument } from './EditorContext.tsx';
import { saveWords } from './saveWords.ts';

/** How the draft stands: nobody ever has to save. */
export function SaveStatus() {
  const state = useDocument((whole) => whole);
  const { word, sentence, isWorrying } = saveWords(state);
  return (
    <span role="status" className="min-w-0 truncate text-ink-soft" title={sentence}>
      {isWorrying ? <StatusDot status="caution" word={word} /> : word}
    </span>
  );
}
