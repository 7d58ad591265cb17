import type { Json } from '@sluice/shared/message/message.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { Copy } from 'lucide-react';
import { useMemo } from 'react';
import { Time } from '../ui/Time.tsx';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { IconButton } from '../ui/IconButton.tsx';
import { Tree, type TreeBranch } from '../ui/Tree.tsx';
import { classes } from '../ui/classes.ts';
import { messageTree, searchTree, shortValue, type TreeLine } from './messageTree.ts';

export interface MessageViewProps {
  readonly message: ShownMessage;
  /** Shows only lines that have this text. */
  readonly search?: string | undefined;
  /** In place of copying: what a press on a line does. */
  readonly onPick?: ((line: TreeLine) => void) | undefined;
}

/** A message as a tree. Each line can be picked, or its path copied. */
export function MessageView({ message, search = '', onPick }: MessageViewProps) {
  const lines = useMemo(() => searchTree(messageTree(message), search), [message, search]);
  const byPath = useMemo(() => new Map(flat(lines).map((line) => [line.path, line])), [lines]);
  return (
    <div className="min-w-0">
      <p className="flex items-baseline gap-2 px-2 pb-1 text-small text-ink-soft">
        <Time at={message.time} />
        {message.cut !== undefined && (
          <span>
            {message.cut.kind === 'bytes' ? 'Bytes, ' : 'Cut, '}
            {message.cut.bytes.toLocaleString()} bytes in all
          </span>
        )}
      </p>
      <Tree
        label="Message"
        branches={lines.map((line) => branchOf(line, onPick === undefined))}
        expanded={flat(lines)
          .filter((line) => line.children.length > 0 && line.children.length <= 20)
          .map((line) => line.path)}
        empty="Nothing in this message has that text."
        {...(onPick === undefined
          ? {}
          : {
              onSelect: (path: string) => {
                const line = byPath.get(path);
                if (line !== undefined) onPick(line);
              },
            })}
      />
    </div>
  );
}

function flat(lines: readonly TreeLine[]): readonly TreeLine[] {
  return lines.flatMap((line) => [line, ...flat(line.children)]);
}

function branchOf(line: TreeLine, canCopy: boolean): TreeBranch {
  return {
    id: line.path,
    text: `${line.label} ${shortValue(line.value)}`,
    content: <Line line={line} canCopy={canCopy} />,
    children: line.children.map((child) => branchOf(child, canCopy)),
  };
}

function Line({ line, canCopy }: { readonly line: TreeLine; readonly canCopy: boolean }) {
  return (
    <span className="group flex min-h-6 items-center gap-2">
      <span className="shrink-0 text-ink-soft">{line.label}</span>
      <span className={classes('min-w-0 flex-1 truncate font-mono text-small', lookOf(line.value))}>
        {shortValue(line.value)}
      </span>
      {canCopy && (
        <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
          <IconButton
            icon={<Copy size={14} />}
            label={`Copy path ${line.path}`}
            size="small"
            onPress={() => void copyPath(line.path)}
          />
        </span>
      )}
    </span>
  );
}

function lookOf(value: Json): string {
  if (typeof value === 'object' && value !== null) return 'text-ink-faint';
  return typeof value === 'number' ? 'text-ink tabular-nums' : 'text-ink';
}

async function copyPath(path: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(path);
    toastDone(`Copied ${path}`);
  } catch {
    toastFailed(`The browser does not let this page copy. The path is ${path}`);
  }
}
