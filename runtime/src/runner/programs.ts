import type { ProgramSource, SandboxProgram } from '@sluice/shared/node/context.ts';
import type { Program, Sandbox } from '../sandbox/sandbox.ts';

/** Programs that flows have opened in the sandbox, so that they are closed when their flow stops. */
export class Programs {
  readonly #sandbox: Sandbox;
  readonly #open = new Map<string, Program[]>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  open(flow: string, node: string, source: ProgramSource): SandboxProgram {
    const program = this.#sandbox.compile(flow, node, source);
    const open = this.#open.get(flow) ?? [];
    open.push(program);
    this.#open.set(flow, open);
    return program;
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
