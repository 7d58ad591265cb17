/**
 * What was handed out and is not settled yet, in order. A list and no `Set`: the tables that a `Set` leaves behind when
 * thousands come and go a second hold on to each other and to what was in them, until the whole heap is collected.
 */
export interface GivenList<T extends object> {
  readonly size: number;
  /** Gives its place, by which it is settled. Places only grow. */
  add(value: T): number;
  /** Gives what was there; `undefined` when it was settled before. What is done with keeps nothing in memory. */
  settle(place: number): T | undefined;
  values(): readonly T[];
  clear(): void;
}

export function createGivenList<T extends object>(): GivenList<T> {
  let list: (T | undefined)[] = [];
  /** The place of the first of the list. */
  let base = 0;
  let head = 0;
  let size = 0;
  const dropSettled = () => {
    while (head < list.length && list[head] === undefined) head += 1;
    if (head === list.length) list = [];
    else if (head > 1_024 && head > list.length / 2) list = list.slice(head);
    else return;
    base += head;
    head = 0;
  };
  return {
    get size() {
      return size;
    },
    add: (value) => {
      size += 1;
      return base + list.push(value) - 1;
    },
    settle: (place) => {
      const value = list[place - base];
      if (value === undefined) return undefined;
      list[place - base] = undefined;
      size -= 1;
      dropSettled();
      return value;
    },
    values: () => list.filter((value) => value !== undefined),
    clear: () => {
      base += list.length;
      list = [];
      head = 0;
      size = 0;
    },
  };
}
