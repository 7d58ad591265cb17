import { contentOf, isInput } from './flows.ts';
import type { Ledger } from './ledger.ts';
import type { Publish } from './packets.ts';
import type { Thermometers } from './thermometers.ts';

/** By what the tap knows a message of the load. */
export function keyOf({ topic, payload }: Publish) {
  const way = topic.startsWith('out/') ? 'out' : isInput(topic) ? 'in' : undefined;
  if (way === undefined) return undefined;
  const found = /^\{"device":"(\w+)","seq":(\d+)/.exec(payload.toString('latin1', 0, 60));
  return found === null ? undefined : ({ way, key: `${found[1]}#${found[2]}` } as const);
}

/** Enters what the sink gets. */
export function entering(ledger: Ledger, thermometers: Thermometers): (message: Publish) => void {
  return ({ topic, payload }) => {
    const [first, second = '', device = ''] = topic.split('/');
    const text = payload.toString('utf8');
    if (first === 'alerts')
      thermometers.alerted(second === 'raised' ? 'raised' : 'cleared', device, numberIn(text, 'episode'));
    else ledger.arrived(second, numberIn(text, 'seq'), contentOf(second, text));
  };
}

/** 0, which nothing has, where there is no such number: then it fits nothing that was sent. */
function numberIn(text: string, name: 'seq' | 'episode'): number {
  return Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? 0);
}
