import { type Wire, wireKey } from '@sluice/shared/flow/flow.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { useEffect, useReducer } from 'react';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import type { WireLive } from '../state/live.ts';

/** What is live on a wire; draws again when it changes. */
export function useWire(key: string): Readonly<WireLive> {
  const { live } = useEditor();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  useEffect(() => live.onWire(key, drawAgain), [live, key]);
  return live.wire(key);
}

/** The wires that end at a node, or begin there. */
export function useWiresOf(node: string, side: 'in' | 'out'): readonly Wire[] {
  const wires = useDocument(({ flow }) => flow.wires);
  return wires.filter((wire) => (side === 'in' ? wire.to[0] : wire.from[0]) === node);
}

/** The newest message that reached a node while someone watched; `undefined` where none has. */
export function useLastInput(node: string): ShownMessage | undefined {
  return useNewest(useWiresOf(node, 'in').map(wireKey));
}

/** The newest message that left a node by a port while someone watched; `undefined` where none has. */
export function useLastOutput(node: string, port: string): ShownMessage | undefined {
  const wires = useWiresOf(node, 'out').filter(({ from }) => from[1] === port);
  return useNewest(wires.map(wireKey));
}

function useNewest(keys: readonly string[]): ShownMessage | undefined {
  const { live } = useEditor();
  const [, drawAgain] = useReducer((count: number) => count + 1, 0);
  const joined = keys.join('\n');
  useEffect(() => {
    const stops = joined.split('\n').map((key) => live.onWire(key, drawAgain));
    return () => {
      for (const stop of stops) stop();
    };
  }, [live, joined]);
  return keys
    .flatMap((key) => live.wire(key).recent.slice(0, 1))
    .toSorted((a, b) => b.time - a.time)
    .at(0);
}
