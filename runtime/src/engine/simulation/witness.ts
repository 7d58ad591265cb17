import type { Message } from '@sluice/shared/message/message.ts';
import { MOST_TRIES } from '../reach.ts';
import type { Agenda } from './agenda.ts';
import type { BrokerListener } from './broker.ts';
import type { Disk, KeptLetter } from './disk.ts';
import type { Reading } from './reading.ts';
import { nameOf, nameOfMessage, readingOf } from './reading.ts';
import type { Debt, Rig, Tuning, View } from './rig.ts';
import { firstProblem } from './rig.ts';
import type { TargetListener } from './target.ts';

/** An outbox that keeps messages for less than this gives some up while its target is away, as it should (EN8). */
const SHORTLY_KEPT_MS = 3_600_000;

/** What a target took, under one name. */
interface Delivery {
  readonly message: Message;
  /** When it was taken last, ms since the beginning. */
  at: number;
  times: number;
  /** How often it may have come by now: what the broker or a crash has made come again counts. */
  allowed: number;
}

export interface WitnessParts {
  readonly rig: Rig;
  readonly tuning: Tuning;
  readonly agenda: Agenda;
  readonly disk: Disk;
}

/**
 * Stands outside of the engine, writes down what the broker and the targets see, and holds it against the rules. The
 * first rule that is broken is kept; what calls must not be disturbed by it.
 */
export class Witness implements BrokerListener, TargetListener {
  readonly #parts: WitnessParts;
  readonly #sent = new Map<string, Reading[]>();
  readonly #delivered = new Map<string, Map<string, Delivery>>();
  /** By name: how often the broker has handed it over, where that was more than once. */
  readonly #copies = new Map<string, number>();
  /** By target and device: the greatest sequence that was taken. */
  readonly #greatest = new Map<string, number>();
  /** By name: how often a target did not take it. */
  readonly #refused = new Map<string, number>();
  /** Names of what has failed at a node that is no sink. */
  readonly #failed = new Set<string>();
  /** The clock was set: what waits by the clock may change places. */
  wasClockSet = false;
  /** The version that goes without some nodes has been there. */
  isShorter = false;
  problem: string | undefined;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
    for (const target of parts.rig.targets) this.#delivered.set(target, new Map());
  }

  broken(sentence: string): void {
    this.problem ??= sentence;
  }

  published(reading: Reading): void {
    const readings = this.#sent.get(reading.device) ?? [];
    readings.push(reading);
    this.#sent.set(reading.device, readings);
  }

  acknowledged(reading: Reading): void {
    const lost = this.#parts.rig.debts(reading).find((debt) => !this.#isKept(reading, debt));
    const isAbsorbed = this.#parts.rig.passesDuplicates || this.#hasPassed(reading);
    if (lost === undefined && isAbsorbed) return;
    const where =
      lost === undefined
        ? 'in the state of once'
        : `at ${lost.targets.join(' or ')}, on disk or a dead letter`;
    this.broken(`[EN6] ${nameOf(reading)} was acknowledged and is not ${where}`);
  }

  redelivered(reading: Reading): void {
    const name = nameOf(reading);
    this.#copies.set(name, this.#copiesOf(name) + 1);
    if (!this.#parts.rig.passesDuplicates) return;
    for (const deliveries of this.#delivered.values()) {
      const delivery = deliveries.get(name);
      if (delivery !== undefined) delivery.allowed += 1;
    }
  }

  taken(target: string, message: Message, isLate: boolean): void {
    const name = nameOfMessage(message);
    this.#mustBeSent(target, message);
    const delivery = this.#deliveryOf(target, message);
    if (delivery.times === 0 && !isLate) this.#mustBeInOrder(target, message);
    delivery.times += 1;
    delivery.at = this.#parts.agenda.elapsed;
    if (isLate) delivery.allowed += 1;
    if (delivery.times > delivery.allowed) {
      this.broken(`[EN6] ${name} came to ${target} ${delivery.times} times, once too often`);
    }
  }

  unheard(target: string, message: Message): void {
    this.#deliveryOf(target, message).allowed += 1;
  }

  refused(message: Message): void {
    const name = nameOfMessage(message);
    this.#refused.set(name, (this.#refused.get(name) ?? 0) + 1);
  }

  /** A node that is no sink has failed on it: as far as its outcome was not written down, it may go another way again. */
  failed(message: Message): void {
    this.#failed.add(nameOfMessage(message));
  }

  outOfLine(target: string, message: Message): void {
    this.broken(`[EN4] two calls of ${target} at once had messages of ${message.device ?? 'no device'}`);
  }

  /** A life is over: what it had not written down as done will be done again. */
  lifeOver(unacknowledged: readonly Reading[]): void {
    const { disk, rig } = this.#parts;
    const again = unacknowledged.filter((reading) => rig.passesDuplicates || !this.#hasPassed(reading));
    const open = new Set([...again.map(nameOf), ...disk.waitingNames()]);
    for (const deliveries of this.#delivered.values()) {
      for (const [name, delivery] of deliveries) {
        const isOpen = open.has(name) || delivery.at >= disk.writtenAt;
        if (isOpen) delivery.allowed = delivery.times + this.#copiesOf(name);
      }
    }
  }

  /** What is wrong at the end, when everything had time to get through. */
  verdict(unacknowledged: readonly Reading[]): string | undefined {
    const { rig, disk } = this.#parts;
    const [stuck] = unacknowledged;
    const [timer] = disk.timers();
    const view = this.#view();
    return (
      this.problem ??
      (stuck === undefined ? undefined : `[EN6] ${nameOf(stuck)} was never acknowledged`) ??
      (disk.waiting === 0 ? undefined : `[EN8] ${disk.waiting} messages wait on disk for ever`) ??
      (timer === undefined ? undefined : `[EN10] the timer ${timer.name} of ${timer.node} has never fired`) ??
      firstProblem([...this.#sent.values()].flat().map((reading) => this.#unpaid(reading))) ??
      firstProblem(disk.letters.map((letter) => this.#unjustLetter(letter))) ??
      (this.#isDamaged() ? undefined : rig.verdict(view))
    );
  }

  /** What was damaged on disk is gone, and everything that is reckoned from it with it. */
  #isDamaged(): boolean {
    return this.#parts.disk.setAside.length > 0;
  }

  /** How many of it may be under way at once. */
  #copiesOf(name: string): number {
    return this.#parts.rig.passesDuplicates ? (this.#copies.get(name) ?? 1) : 1;
  }

  #deliveryOf(target: string, message: Message): Delivery {
    const name = nameOfMessage(message);
    const deliveries = this.#delivered.get(target) ?? new Map<string, Delivery>();
    this.#delivered.set(target, deliveries);
    const found = deliveries.get(name) ?? { message, at: 0, times: 0, allowed: this.#copiesOf(name) };
    deliveries.set(name, found);
    return found;
  }

  #mustBeSent(target: string, message: Message): void {
    const reading = readingOf(message);
    if (reading === undefined) return;
    const sent = this.#sent.get(reading.device)?.[reading.sequence - 1];
    if (sent !== undefined && sent.value === reading.value && sent.time === reading.time) return;
    this.broken(`[EN6] ${target} got ${nameOf(reading)}, which nobody sent so`);
  }

  #mustBeInOrder(target: string, message: Message): void {
    const { rig } = this.#parts;
    const reading = readingOf(message);
    if (reading === undefined) return;
    if (this.wasClockSet && !rig.ordered.includes(target)) return;
    // What was damaged on disk has lost its place.
    if (this.#isSetAside(nameOf(reading))) return;
    // What had failed is tried again when the process dies before that is written; others have got through since.
    if (this.#isShortlyKept() || this.#failed.has(nameOf(reading))) return;
    const place = `${target} ${reading.device}`;
    const greatest = this.#greatest.get(place) ?? 0;
    if (reading.sequence < greatest) {
      this.broken(`[EN4] ${target} got ${nameOf(reading)} after ${reading.device}#${greatest}`);
    }
    this.#greatest.set(place, Math.max(greatest, reading.sequence));
  }

  #isKept(reading: Reading, debt: Debt): boolean {
    const name = nameOf(reading);
    return (
      this.#isPaid(name, debt) ||
      this.#parts.disk.isWaiting(name, debt.nodes) ||
      (debt.heldAt !== undefined && this.#parts.disk.isHeld(name, debt.heldAt))
    );
  }

  #isPaid(name: string, debt: Debt): boolean {
    return (
      debt.targets.some((target) => this.#delivered.get(target)?.has(name) === true) ||
      this.#isDead(name) ||
      this.#isSetAside(name)
    );
  }

  #isSetAside(name: string): boolean {
    return this.#parts.disk.setAside.some(({ message }) => nameOfMessage(message) === name);
  }

  #hasPassed({ device, sequence }: Reading): boolean {
    const passed = this.#parts.disk.state('once').get(device) as { readonly last: number } | undefined;
    return passed !== undefined && passed.last >= sequence;
  }

  #isShortlyKept(): boolean {
    return this.#parts.tuning.sink.keepMs < SHORTLY_KEPT_MS;
  }

  #isDead(name: string): boolean {
    return this.#parts.disk.letters.some((letter) => letter.name === name);
  }

  #unpaid(reading: Reading): string | undefined {
    const debt = this.#parts.rig.debts(reading).find((one) => !this.#isPaid(nameOf(reading), one));
    return debt === undefined
      ? undefined
      : `[EN6] ${nameOf(reading)} never came to ${debt.targets.join(' or ')}`;
  }

  #unjustLetter({ name, node, sentence }: KeptLetter): string | undefined {
    if (this.isShorter && this.#parts.rig.spare.includes(node)) return undefined;
    const flawed = [...this.#sent.values()]
      .flat()
      .some((reading) => reading.flaw !== 'none' && nameOf(reading) === name);
    const isTriedOut = (this.#refused.get(name) ?? 0) >= MOST_TRIES;
    if (flawed || isTriedOut || this.#isShortlyKept() || this.#failed.has(name)) return undefined;
    return `[EN7] ${name} is a dead letter for no reason: ${sentence}`;
  }

  #view(): View {
    const { disk, tuning } = this.#parts;
    const delivered = (target: string) =>
      [...(this.#delivered.get(target)?.values() ?? [])].map(({ message }) => message);
    return {
      tuning,
      disk,
      sent: this.#sent,
      delivered,
      namesDelivered: (target, device) =>
        delivered(target)
          .filter((message) => message.device === device)
          .map(nameOfMessage),
      isDelivered: (name, target) => this.#delivered.get(target)?.has(name) === true,
      isDead: (name) => this.#isDead(name),
      dead: disk.letters.map(({ message }) => message),
    };
  }
}
