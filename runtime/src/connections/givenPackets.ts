/** One thing that was handed out and is not settled yet; made by `add`. */
export interface Given<T> {
  /** `undefined` once it is settled: what is done with keeps nothing in memory. */
  value: T | undefined;
}

/**
 * What was handed out and is not settled yet, in order. A list and no `Set`: the tables that a `Set` leaves behind when
 * thousands come and go a second hold on to each other and to what was in them, until the whole heap is collected.
 */
export interface GivenList<T> {
  readonly size: number;
  add(value: T): Given<T>;
  /** False when it was settled before. */
  settle(given: Given<T>): boolean;
  values(): readonly T[];
  clear(): void;
}

export function createGivenList<T>(): GivenList<T> {
  let list: Given<T>[] = [];
  let head = 0;
  let size = 0;
  const dropSettled = () => {
    while (head < list.length && list[head]?.value === undefined) head += 1;
    if (head === list.length) list = [];
    else if (head > 1_024 && head > list.length / 2) list = list.slice(head);
    else return;
    head = 0;
  };
  return {
    get size() {
      return size;
    },
    add: (value) => {
      const given = { value };
      list.push(given);
      size += 1;
      return given;
    },
    settle: (given) => {
      if (given.value === undefined) return false;
      given.value = undefined;
      size -= 1;
      dropSettled();
      return true;
    },
    values: () => list.flatMap(({ value }) => (value === undefined ? [] : [value])),
    clear: () => {
      for (const given of list) given.value = undefined;
      list = [];
      head = 0;
      size = 0;
    },
  };
}
