import type { ProgramSource } from '@sluice/shared/node/context.ts';
import * as z from 'zod';

/** Body of an `open` frame. */
export interface OpenBody {
  readonly flow: string;
  readonly source: ProgramSource;
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

const sourceProblem = z.object({
  sentence: z.string(),
  line: z.number().exactOptional(),
  column: z.number().exactOptional(),
});

/** Body of an `opened` frame. A source with a problem is open as well: each of its runs fails with it. */
export const openedBody = z.object({ problem: sourceProblem.exactOptional() });
export type OpenedBody = z.infer<typeof openedBody>;

/**
 * Body of a `failed` frame: what became of a call as a whole. `gone`: its isolate had ended before, nothing of it ran.
 */
export const failedBody = z.object({
  reason: z.enum(['timeout', 'memory', 'gone', 'error']),
  sentence: z.string(),
});
export type FailedBody = z.infer<typeof failedBody>;

const use = z.object({ cpuMs: z.number(), memory: z.number() });

/**
 * Body of a `use` frame of the guest: processor time since it started, ms, and resident bytes; by flow what its user code
 * takes of these, flows whose code has ended included.
 */
export const useBody = use.extend({ flows: z.record(z.string(), use) });
export type UseBody = z.infer<typeof useBody>;

/** Reads a body by its schema; undefined when it does not fit. */
export function readBody<T extends z.ZodType>(schema: T, body: string): z.output<T> | undefined {
  try {
    return schema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
