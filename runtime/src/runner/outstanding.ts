/** Requests that were sent and not answered yet, by id. */
export class Outstanding<Answer> {
  readonly #waiting = new Map<string, (answer: Answer) => void>();

  get size(): number {
    return this.#waiting.size;
  }

  open(id: string): Promise<Answer> {
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** False when nobody waits for this id (any more). */
  settle(id: string, answer: Answer): boolean {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    resolve?.(answer);
    return resolve !== undefined;
  }

  settleAll(answer: Answer): void {
    for (const id of this.#waiting.keys()) this.settle(id, answer);
  }
}
