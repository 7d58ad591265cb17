import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '@sluice/shared/message/message.ts';
import type { Step } from '@sluice/shared/node/implementNode.ts';
import type { Circuit } from './circuit.ts';
import { createCircuit } from './circuit.ts';
import { createPass } from './pass.ts';
import { drawFlow, planOf, reading } from './testNodes.ts';

function circuitOf(
  steps: Readonly<Record<string, Step<string, string>>>,
  ...parts: Parameters<typeof drawFlow>
) {
  const circuit: Circuit = createCircuit(planOf(drawFlow(...parts)));
  for (const node of circuit.nodes) node.step = steps[node.planned.id];
  const pass = createPass(circuit, { isWatching: false, saw: () => undefined }, () => 0);
  return { circuit, pass };
}

const passOn: Step<string, string> = { receive: (messages, emit) => emit.all('out', messages) };

describe('a pass', () => {
  it('[EN15] gives what is to be done as a list and does none of it', () => {
    const fails: Step<string, string> = {
      receive: (messages, emit) => {
        for (const message of messages) emit.error(message, 'No.');
      },
    };
    const { pass } = circuitOf(
      { a: passOn, b: fails },
      { in: 'bring', a: 'pass', b: 'pass', s: 'send' },
      'in>a',
      'a>s',
      'a>b',
    );
    const message = reading(1);
    const entry = { node: 0, isCaught: false, emitted: [{ port: 'out', messages: [message] }] };
    const effects = pass.run(entry);
    expect(effects.arrived).toEqual([{ node: 2, port: 'in', messages: [message], isCaught: false }]);
    expect(effects.deadLetters).toEqual([expect.objectContaining({ node: 3, port: 'in', sentence: 'No.' })]);
    expect(effects.errors).toHaveLength(1);
    expect(pass.run(entry)).toEqual(effects);
  });

  it('[EN7] refuses a message that a step sends outside of its call', () => {
    let send: (() => void) | undefined;
    const late: Step<string, string> = {
      receive: ([message], emit) => {
        send = () => message && emit('out', message);
      },
    };
    const { pass } = circuitOf({ a: late }, { in: 'bring', a: 'pass' }, 'in>a');
    pass.run({ node: 0, isCaught: false, emitted: [{ port: 'out', messages: [reading(1)] }] });
    expect(() => send?.()).toThrow('pass sent a message outside of its call.');
  });

  it('[EN7] fails the messages of a step that names an output it does not have', () => {
    const wrong: Step<string, string> = { receive: (messages, emit) => emit.all('up', messages) };
    const { pass } = circuitOf({ a: wrong }, { in: 'bring', a: 'pass' }, 'in>a');
    const entry = { node: 0, isCaught: false, emitted: [{ port: 'out', messages: [reading(1)] }] };
    expect(pass.run(entry).deadLetters[0]?.sentence).toBe('pass has no output “up”.');
  });

  it('[EN7] tells of a node that throws on a timer, and what it had sent is gone', () => {
    const bad: Step<string, string> = {
      receive: () => undefined,
      timersDue: (_due, emit) => {
        emit('out', reading('half'));
        throw new Error('It threw.');
      },
    };
    const { pass, circuit } = circuitOf({ a: bad }, { in: 'bring', a: 'pass', s: 'send' }, 'in>a', 'a>s');
    const effects = pass.run({ node: 1, isCaught: false, due: [{ key: 'k', name: 't', dueAt: 1 }] });
    expect(effects.arrived).toEqual([]);
    expect(effects.errors).toEqual([
      {
        node: 1,
        port: '',
        message: undefined,
        sentence: 'A timer ran out and could not be handled: It threw.',
      },
    ]);
    expect(circuit.nodes[1]?.counters.errors).toBe(1);
  });

  it('[EN2] calls each node once with all that came by whatever ways, for any drawing without loops', () => {
    const size = 8;
    const wire = fc.tuple(fc.integer({ min: 0, max: size - 2 }), fc.integer({ min: 1, max: size - 1 }));
    fc.assert(
      fc.property(fc.array(wire, { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), (drawn, count) => {
        const wires = new Set(drawn.filter(([from, to]) => from < to).map(([from, to]) => `n${from}>n${to}`));
        const calls = new Map<string, (readonly Message[])[]>();
        const steps = Object.fromEntries(
          Array.from({ length: size }, (_, index): [string, Step<string, string>] => [
            `n${index}`,
            {
              receive: (messages, emit) => {
                calls.set(`n${index}`, [...(calls.get(`n${index}`) ?? []), messages]);
                emit.all('out', messages);
              },
            },
          ]),
        );
        const nodes = { ...Object.fromEntries(Object.keys(steps).map((id) => [id, 'pass'])), n0: 'bring' };
        const { pass, circuit } = circuitOf(steps, nodes, ...wires);
        const messages = Array.from({ length: count }, (_, index) => reading(index));
        const first = circuit.nodes.find(({ planned }) => planned.id === 'n0');
        pass.run({ node: first?.index ?? 0, isCaught: false, emitted: [{ port: 'out', messages }] });
        const ways = new Map([['n0', 1]]);
        for (let to = 1; to < size; to++) {
          let sum = 0;
          for (let from = 0; from < to; from++) {
            if (wires.has(`n${from}>n${to}`)) sum += ways.get(`n${from}`) ?? 0;
          }
          ways.set(`n${to}`, sum);
          const got = calls.get(`n${to}`) ?? [];
          expect(got.length).toBe(sum > 0 ? 1 : 0);
          for (const message of messages) {
            expect(got.flat().filter((one) => one === message)).toHaveLength(sum);
          }
        }
      }),
    );
  });
});
