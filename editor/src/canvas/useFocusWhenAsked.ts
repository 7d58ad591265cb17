import { type RefObject, useEffect } from 'react';
import { useStore } from 'zustand';
import { useCanvasStore } from './canvasState.ts';

/** The keyboard goes along wires to nodes that may not be drawn yet: they take the focus when they are. */
export function useFocusWhenAsked(id: string, card: RefObject<HTMLElement | null>): void {
  const store = useCanvasStore();
  const isAsked = useStore(store, (state) => state.focus === id);
  useEffect(() => {
    if (!isAsked) return;
    const wrapper = card.current?.closest('.react-flow__node');
    if (wrapper instanceof HTMLElement) wrapper.focus({ preventScroll: true });
    store.focusTaken();
  }, [isAsked, store, card]);
}
