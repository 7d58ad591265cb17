import type { StoreApi } from 'zustand/vanilla';

/** A store to read and to listen to; `useStore` of zustand takes it as it is. What writes it is beside it, by name. */
export type ReadStore<State> = Pick<StoreApi<State>, 'getState' | 'getInitialState' | 'subscribe'>;

/** Takes the write side off a store. */
export function readOnly<State>(store: StoreApi<State>): ReadStore<State> {
  return {
    getState: store.getState,
    getInitialState: store.getInitialState,
    subscribe: store.subscribe,
  };
}
