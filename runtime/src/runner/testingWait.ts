/** Lets a test wait until something holds, which is looked at each time that something happened. */
export interface TestingWait {
  /** Something happened. */
  lookAgain(): void;
  until(holds: () => boolean): Promise<void>;
}

export function createTestingWait(): TestingWait {
  const waiting = new Set<() => void>();
  return {
    lookAgain: () => {
      for (const look of waiting) look();
    },
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
  };
}
