// The only place of the fault tests that knows the clock.

/** ms since the epoch. */
export function now(): number {
  return Date.now();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

/** Calls again and again; gives back its stop. */
export function every(ms: number, run: () => void): () => void {
  const timer = setInterval(run, ms);
  return () => clearInterval(timer);
}

/** Waits until the condition holds; false when it did not within the time. */
export async function holdsWithin(ms: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = now() + ms;
  while (now() < deadline) {
    if (await condition()) return true;
    await sleep(20);
  }
  return condition();
}

/** The same, and an error that names what was waited for when the time is over. */
export async function until(
  what: string,
  ms: number,
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  if (!(await holdsWithin(ms, condition)))
    throw new Error(`Within ${ms / 1_000} s this did not come: ${what}.`);
}

/** Waits until the condition holds; false when `progress` has not changed for so long. */
export async function untilNothingChanges(
  ms: number,
  condition: () => boolean,
  progress: () => number,
): Promise<boolean> {
  for (;;) {
    const before = progress();
    const isOver = await holdsWithin(ms, () => condition() || progress() !== before);
    if (condition()) return true;
    if (!isOver) return false;
  }
}
