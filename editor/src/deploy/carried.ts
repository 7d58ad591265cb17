import type { CarriedState } from '@sluice/shared/protocol/running.ts';
import { counted } from '../ui/formatValue.ts';

// What a deploy does to what nodes keep (EN12), in words.

/** Nodes of which a person has to hear before a deploy: timers run, or what is kept would be lost. */
export function needsChoice(carried: readonly CarriedState[]): boolean {
  return carried.some(({ fate, keys, timers }) => timers > 0 || (fate !== 'kept' && keys > 0));
}

/** Nodes that have something to keep or to lose. */
export function carriedToShow(carried: readonly CarriedState[]): readonly CarriedState[] {
  return carried.filter(({ keys, timers }) => keys + timers > 0);
}

/** `12 timers are running at “Too warm”, and 3 keys are kept.` */
export function carriedSentence({ name, keys, timers, fate }: CarriedState): string {
  const running = timers === 1 ? '1 timer is running' : `${counted(timers, 'timer')} are running`;
  const kept = keys === 1 ? '1 key is kept' : `${counted(keys, 'key')} are kept`;
  const what = timers === 0 ? `${kept} at “${name}”` : `${running} at “${name}”, and ${kept}`;
  switch (fate) {
    case 'kept':
      return `${what}.`;
    case 'reset':
      return `${what}. It begins anew: its type, or the form of what it keeps, is another one now.`;
    case 'gone':
      return `${what}. The node is not in the new version, so this is forgotten.`;
  }
}
