import { Dialog } from '../ui/Dialog.tsx';
import { Kbd } from '../ui/Kbd.tsx';
import type { Command } from './command.ts';
import { COMMANDS, isAllowed } from './commands.ts';
import { useEditor } from './EditorContext.tsx';

const ON_CANVAS: readonly (readonly [string, string])[] = [
  ['Go through the nodes', 'Tab'],
  ['Go along a wire', 'ArrowRight'],
  ['Go back along a wire', 'ArrowLeft'],
  ['Set up the node', 'Enter'],
  ['Copy, cut, paste', 'Ctrl+C / X / V'],
  ['Choose several', 'Shift+Click'],
  ['Move the canvas', 'Space+Drag'],
];

const GROUPS: readonly Command['group'][] = ['Nodes', 'Wires', 'Flow', 'View'];

/** All keys, by what they are for. */
export function Shortcuts() {
  const editor = useEditor();
  const allowed = COMMANDS.filter((command) => isAllowed(command, editor));
  return (
    <Dialog title="Keyboard shortcuts" isOpen onClose={editor.session.closeOverlay} width="wide">
      <div className="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        <KeyList title="On the canvas" rows={ON_CANVAS} />
        {GROUPS.map((group) => (
          <KeyList
            key={group}
            title={group}
            rows={allowed
              .filter((command) => command.group === group)
              .flatMap(({ title, shown }) => (shown === undefined ? [] : [[title, shown] as const]))}
          />
        ))}
      </div>
    </Dialog>
  );
}

function KeyList({
  title,
  rows,
}: {
  readonly title: string;
  readonly rows: readonly (readonly [string, string])[];
}) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-medium">{title}</h3>
      <dl>
        {rows.map(([what, keys]) => (
          <div key={what} className="flex items-center justify-between gap-3 py-1">
            <dt className="text-ink-soft">{what}</dt>
            <dd>
              <Kbd keys={keys} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
