import type { ProgramSource } from '@sluice/shared/node/context.ts';
import type { OwnedProgram } from '../engine/shell.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';

/** Programs that flows have opened in the sandbox, so that none is left when their flow stops. */
export class Programs {
  readonly #sandbox: Sandbox;
  readonly #open = new Map<string, Set<Program>>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  open(flow: string, node: string, source: ProgramSource): OwnedProgram {
    const program = this.#sandbox.compile(flow, node, source);
    const open = this.#open.get(flow) ?? new Set();
    this.#open.set(flow, open.add(program));
    return {
      run: (messages, signal) => program.run(messages, signal),
      close: () => {
        if (open.delete(program)) program.close();
      },
    };
  }

  /** Closes what a flow has opened; with it the sandbox forgets that it was held. */
  close(flow: string): void {
    for (const program of this.#open.get(flow) ?? []) program.close();
    this.#open.delete(flow);
  }

  closeAll(): void {
    for (const flow of this.#open.keys()) this.close(flow);
  }
}
