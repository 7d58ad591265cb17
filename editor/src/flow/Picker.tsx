import { Search } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Dialog } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { classes } from '../ui/classes.ts';
import { Kbd } from '../ui/Kbd.tsx';

/** One thing to choose from a list that is narrowed down by typing. */
export interface Pick {
  readonly id: string;
  readonly title: string;
  readonly detail?: string | undefined;
  readonly icon?: ReactNode;
  readonly shortcut?: string | undefined;
  /** Shown above the first of its group. */
  readonly group?: string | undefined;
  readonly run: () => void;
}

export interface PickerProps {
  readonly label: string;
  readonly placeholder: string;
  /** What matches the search, in order. */
  readonly find: (search: string) => readonly Pick[];
  /** What to say when nothing does. */
  readonly empty: string;
  readonly onClose: () => void;
  /** The place in the window; in the middle without it. */
  readonly at?: { readonly x: number; readonly y: number } | undefined;
}

const WIDTH = 320;
const HEIGHT = 400;
const MARGIN = 8;

/** A list in front of the editor that is worked by typing, arrow keys and Enter, or by the mouse. Escape closes it. */
export function Picker(props: PickerProps) {
  const { label, onClose, at } = props;
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
      className={classes(
        'fixed inset-0 z-50',
        at === undefined && 'flex items-start justify-center bg-scrim px-4 pt-[12vh]',
      )}
    >
      <Modal
        className={classes(
          'appear flex max-h-[400px] flex-col rounded-md border border-line bg-raised text-ink shadow-raised outline-none',
          at === undefined ? 'w-full max-w-lg' : 'fixed w-80',
        )}
        style={at === undefined ? {} : placeInWindow(at)}
      >
        <Dialog aria-label={label} className="flex min-h-0 flex-1 flex-col outline-none">
          <PickList {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function placeInWindow({ x, y }: { readonly x: number; readonly y: number }) {
  return {
    left: Math.max(MARGIN, Math.min(x, window.innerWidth - WIDTH - MARGIN)),
    top: Math.max(MARGIN, Math.min(y, window.innerHeight - HEIGHT - MARGIN)),
  };
}

function PickList({ label, placeholder, find, empty, onClose }: PickerProps) {
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const listId = useId();
  const picks = find(search);
  const activeIndex = Math.min(active, picks.length - 1);
  const current = picks[activeIndex];

  const choose = (pick: Pick | undefined) => {
    if (pick === undefined) return;
    onClose();
    pick.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      event.preventDefault();
      setActive((picks.length + activeIndex + step) % Math.max(1, picks.length));
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(current);
    }
  };

  return (
    <>
      <div className="flex h-10 shrink-0 items-center gap-2 border-b border-line px-3 text-ink-soft">
        <Search size={16} aria-hidden="true" />
        <input
          // The field is what the picker was opened for.
          autoFocus
          role="combobox"
          aria-label={label}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={current === undefined ? undefined : `${listId}-${activeIndex}`}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          placeholder={placeholder}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setActive(0);
          }}
          onKeyDown={onKeyDown}
          className="h-full min-w-0 flex-1 bg-transparent text-ink outline-none!"
        />
      </div>
      <div role="listbox" id={listId} aria-label={label} className="min-h-0 flex-1 overflow-auto p-1">
        {picks.length === 0 && <p className="px-2 py-2 text-ink-soft">{empty}</p>}
        {picks.map((pick, index) => (
          <PickItem
            key={pick.id}
            id={`${listId}-${index}`}
            pick={pick}
            isFirstOfGroup={pick.group !== picks[index - 1]?.group}
            isActive={pick === current}
            onHover={() => setActive(index)}
            onChoose={() => choose(pick)}
          />
        ))}
      </div>
    </>
  );
}

interface PickItemProps {
  readonly id: string;
  readonly pick: Pick;
  readonly isFirstOfGroup: boolean;
  readonly isActive: boolean;
  readonly onHover: () => void;
  readonly onChoose: () => void;
}

function PickItem({ id, pick, isFirstOfGroup, isActive, onHover, onChoose }: PickItemProps) {
  const item = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) item.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <>
      {isFirstOfGroup && pick.group !== undefined && (
        <p role="presentation" className="px-2 pt-2 pb-1 text-small text-ink-soft">
          {pick.group}
        </p>
      )}
      {/* The field keeps the focus and its keys; aria-activedescendant tells which item is meant. */}
      <div
        ref={item}
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={isActive}
        onPointerMove={isActive ? undefined : onHover}
        onPointerDown={(event) => event.preventDefault()}
        onClick={onChoose}
        onKeyDown={undefined}
        className={classes('flex min-h-8 items-center gap-2.5 rounded-sm px-2 py-1', isActive && 'bg-hover')}
      >
        {pick.icon}
        <span className="min-w-0 flex-1">
          <span className="block truncate">{pick.title}</span>
          {pick.detail !== undefined && (
            <span className="block truncate text-small text-ink-soft">{pick.detail}</span>
          )}
        </span>
        {pick.shortcut !== undefined && <Kbd keys={pick.shortcut} />}
      </div>
    </>
  );
}
