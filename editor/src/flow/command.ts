import type { Editor } from './editor.ts';

/** One thing to do by keys, by the command menu or by a menu: written once for all of them. */
export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: 'Nodes' | 'Wires' | 'View' | 'Flow';
  /** As tinykeys reads it; several do the same. */
  readonly keys: readonly string[];
  /** As people read it: `Ctrl+Z`. */
  readonly shown?: string;
  /** `nodes`: the keys work while the canvas or the outline has the focus. `editor`: wherever nobody is typing. `always`: while typing too. */
  readonly scope: 'nodes' | 'editor' | 'always';
  /** What the role has to allow: to change the flow, or to start and stop it. */
  readonly needs?: 'edit' | 'run';
  readonly isPossible?: (editor: Editor) => boolean;
  readonly run: (editor: Editor) => void;
}
