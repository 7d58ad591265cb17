import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorState } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { minimalSetup } from 'codemirror';
import { useEffect, useRef } from 'react';

export interface CodeEditorProps {
  readonly label: string;
  readonly text: string;
  readonly language: 'javascript' | 'jsonata' | 'mustache' | 'json';
  readonly onChange: (text: string) => void;
  readonly onBlur: () => void;
  /** It is shown, and cannot be changed. */
  readonly isReadOnly?: boolean | undefined;
}

const highlight = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword], color: 'var(--color-group-logic)' },
  { tag: [tags.string, tags.regexp], color: 'var(--color-group-transform)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--color-group-time)' },
  { tag: tags.comment, color: 'var(--color-ink-faint)', fontStyle: 'italic' },
  { tag: [tags.function(tags.variableName), tags.propertyName], color: 'var(--color-group-inputs)' },
]);

const look = EditorView.theme({
  '&': {
    border: '1px solid var(--color-line-strong)',
    borderRadius: 'var(--radius-md)',
    backgroundColor: 'var(--color-surface)',
    color: 'var(--color-ink)',
    fontSize: '12px',
  },
  '&.cm-focused': { outline: '2px solid var(--color-accent)', outlineOffset: '-1px' },
  '.cm-scroller': {
    fontFamily: 'var(--font-mono)',
    lineHeight: '18px',
    minHeight: '120px',
    maxHeight: '420px',
    overflow: 'auto',
  },
  '.cm-content': { caretColor: 'var(--color-ink)' },
  '.cm-cursor': { borderLeftColor: 'var(--color-ink)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--color-selected) !important',
  },
});

const LANGUAGES: Readonly<Record<CodeEditorProps['language'], () => Extension>> = {
  javascript: () => javascript(),
  json: () => json(),
  jsonata: () => [],
  mustache: () => [],
};

/** CodeMirror on one setting. Tab leaves it, so that nobody is caught in it; Escape does too. */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, text, language, onChange, onBlur, isReadOnly = false } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const listeners = useRef({ onChange, onBlur });
  useEffect(() => {
    listeners.current = { onChange, onBlur };
  });
  const first = useRef(text);

  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const editor = new EditorView({
      parent,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          minimalSetup,
          LANGUAGES[language](),
          syntaxHighlighting(highlight),
          look,
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorState.readOnly.of(isReadOnly),
          keymap.of([{ key: 'Escape', run: leave }]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) listeners.current.onChange(update.state.doc.toString());
            if (update.focusChanged && !update.view.hasFocus) listeners.current.onBlur();
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label, language, isReadOnly]);

  // An undo elsewhere changes the text below the editor.
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  return <div ref={place} className="min-w-0" />;
}

function leave(editor: EditorView): boolean {
  editor.contentDOM.blur();
  return true;
}
