import type { Message } from '@sluice/shared/message/message.ts';
import { implementStep } from '@sluice/shared/node/implementNode.ts';
import type { Test } from './compileRule.ts';
import { compileRule } from './compileRule.ts';
import type { SwitchPort } from './schema.ts';
import { switchNode } from './schema.ts';

export const switchRunner = implementStep(switchNode, (config, context) => {
  const tests = config.rules.map((rule) => compileRule(rule, context));
  const choose = config.mode === 'first' ? firstOf : allOf;
  const ports: readonly SwitchPort[] = [...tests.map((_, index) => `rule${index + 1}` as const), 'otherwise'];
  return {
    receive: (messages, emit) => {
      const sorted: Message[][] = ports.map(() => []);
      for (const message of messages) {
        try {
          choose(tests, message, sorted);
        } catch (error) {
          emit.error(message, error instanceof Error ? error.message : String(error));
        }
      }
      for (const [index, port] of ports.entries()) {
        const chosen = sorted[index] ?? [];
        if (chosen.length > 0) emit.all(port, chosen);
      }
    },
  };
});

/** Puts the message into the list of the first rule that holds; the last list is for none. */
function firstOf(tests: readonly Test[], message: Message, sorted: readonly Message[][]): void {
  let at = 0;
  while (at < tests.length && tests[at]?.(message) !== true) at += 1;
  sorted[at]?.push(message);
}

/** Puts the message into the lists of all rules that hold. A rule that fails keeps it out of every one of them. */
function allOf(tests: readonly Test[], message: Message, sorted: readonly Message[][]): void {
  const fitting = tests.flatMap((test, index) => (test(message) ? [index] : []));
  if (fitting.length === 0) sorted.at(-1)?.push(message);
  for (const index of fitting) sorted[index]?.push(message);
}
