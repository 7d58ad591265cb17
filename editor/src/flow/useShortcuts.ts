import { useEffect } from 'react';
import { tinykeys } from 'tinykeys';
import { toastFailed } from '../ui/toasts.ts';
import type { Command } from './command.ts';
import { COMMANDS, hasWork, isAllowed } from './commands.ts';
import type { Editor } from './editor.ts';
import { LOOK_ONLY, WHO_CHANGES, WHO_RUNS } from './roleWords.ts';

/** Puts every command on its keys, and nodes on the clipboard, as long as the editor is open. */
export function useShortcuts(editor: Editor): void {
  useEffect(() => {
    const bindings = COMMANDS.flatMap((command) =>
      command.keys.map((keys) => [keys, (event: KeyboardEvent) => runByKey(event, command, editor)] as const),
    );
    const stopKeys = tinykeys(window, Object.fromEntries(bindings), { ignore: () => false });
    const stopClipboard = listenToClipboard(editor);
    return () => {
      stopKeys();
      stopClipboard();
    };
  }, [editor]);
}

function runByKey(event: KeyboardEvent, command: Command, editor: Editor): void {
  if (event.defaultPrevented || (event.repeat && !command.id.startsWith('nudge'))) return;
  if (!isInScope(event.target, command.scope, editor) || !hasWork(command, editor)) return;
  event.preventDefault();
  if (isAllowed(command, editor)) command.run(editor);
  else toastFailed(`${LOOK_ONLY}.`, { detail: command.needs === 'run' ? WHO_RUNS : WHO_CHANGES });
}

function isInScope(target: EventTarget | null, scope: Command['scope'], editor: Editor): boolean {
  if (editor.session.getState().overlay !== undefined || isInFront(target)) return false;
  if (scope === 'always') return true;
  if (isTyping(target)) return false;
  return scope === 'editor' || actsOnNodes(target);
}

/** Menus and dialogs have keys of their own. */
function isInFront(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest('[role=dialog],[role=alertdialog],[role=menu],[role=listbox]') !== null
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select, [role=textbox]'))
  );
}

/** Keys that change nodes work where one sees which: on the canvas, in the outline, or when nothing has the focus. */
function actsOnNodes(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  return target === window.document.body || target.closest('[data-acts-on-nodes]') !== null;
}

function listenToClipboard(editor: Editor): () => void {
  const isOurs = (event: ClipboardEvent) =>
    isInScope(event.target, 'nodes', editor) && (window.getSelection()?.isCollapsed ?? true);
  const copy = (event: ClipboardEvent) => {
    if (!isOurs(event)) return;
    const text = editor.actions.copySelection();
    if (text === undefined) return;
    event.preventDefault();
    event.clipboardData?.setData('text/plain', text);
    if (event.type === 'cut' && editor.canEdit) editor.actions.removeSelection();
  };
  const paste = (event: ClipboardEvent) => {
    if (!isOurs(event) || !editor.canEdit) return;
    if (editor.actions.paste(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
  };
  window.document.addEventListener('copy', copy);
  window.document.addEventListener('cut', copy);
  window.document.addEventListener('paste', paste);
  return () => {
    window.document.removeEventListener('copy', copy);
    window.document.removeEventListener('cut', copy);
    window.document.removeEventListener('paste', paste);
  };
}
