import { COMMANDS, isPossible } from './commands.ts';
import { useEditor } from './EditorContext.tsx';
import { Picker } from './Picker.tsx';

/** Everything that can be done now, to be found by its name. */
export function CommandMenu() {
  const editor = useEditor();
  const possible = COMMANDS.filter((command) => command.id !== 'commands' && isPossible(command, editor));
  return (
    <Picker
      label="Commands"
      placeholder="What do you want to do?"
      empty="There is no such command."
      onClose={editor.session.closeOverlay}
      find={(search) => {
        const words = search.trim().toLowerCase().split(/\s+/);
        return possible
          .filter(({ title }) => words.every((word) => title.toLowerCase().includes(word)))
          .map((command) => ({
            id: command.id,
            title: command.title,
            shortcut: command.shown,
            group: search === '' ? command.group : undefined,
            run: () => command.run(editor),
          }));
      }}
    />
  );
}
