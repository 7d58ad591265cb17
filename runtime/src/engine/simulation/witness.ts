import type { Message } from '@sluice/shared/message/message.ts';
import { MOST_TRIES } from '../reach.ts';
import type { RunningFlow } from '../runningFlow.ts';
import type { Agenda, Life } from './agenda.ts';
import type { BrokerListener } from './broker.ts';
import type { Disk, KeptLetter, Written } from './disk.ts';
import { GivenUp } from './givenUp.ts';
import { Ordering } from './ordering.ts';
import type { Reading } from './reading.ts';
import { nameOf, nameOfMessage, readingOf } from './reading.ts';
import { lastPassed, Resets } from './resets.ts';
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
  /** By name: how often a target did not take it. */
  readonly #refused = new Map<string, number>();
  /** Names of what has failed at a node that is no sink. */
  readonly #failed = new Set<string>();
  readonly #ordering: Ordering;
  /** The clock was set: what waits by the clock may change places. */
  wasClockSet = false;
  /** The version that goes without some nodes has been there. */
  isShorter = false;
  problem: string | undefined;
  readonly givenUp: GivenUp;
  readonly resets: Resets;

  constructor(parts: WitnessParts) {
    this.#parts = parts;
    const broken = (sentence: string) => this.broken(sentence);
    const isDelivered = (name: string, target: string) => this.#isDelivered(name, target);
    this.givenUp = new GivenUp({ ...parts, broken, isDelivered });
    this.resets = new Resets({ ...parts, broken, sent: this.#sent });
    const isExcused = (reading: Reading, target: string) => this.#isExcused(reading, target);
    this.#ordering = new Ordering({ broken, sent: this.#sent, isExcused });
    parts.disk.written = (written) => this.#written(written);
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
    const name = nameOf(reading);
    const lost = this.#lostDebt(reading);
    const isAbsorbed = this.#parts.rig.passesDuplicates || this.#hasPassed(reading);
    if (lost === undefined && isAbsorbed) return;
    const where =
      lost === undefined
        ? 'in the state of once'
        : `at ${lost.targets.join(' or ')}, on disk or a dead letter`;
    this.broken(`[EN6] ${name} was acknowledged and is not ${where}`);
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
    this.#ordering.mustBeSent(target, message);
    const delivery = this.#deliveryOf(target, message);
    if (delivery.times === 0 && !isLate) this.#ordering.mustBeInOrder(target, message);
    delivery.times += 1;
    delivery.at = this.#parts.agenda.elapsed;
    if (isLate) delivery.allowed += 1;
    else this.#mustNotBeGivenUp(target, message);
    if (delivery.times > delivery.allowed) {
      this.broken(`[EN6] ${name} came to ${target} ${delivery.times} times, once too often`);
    }
  }

  began(target: string, messages: readonly Message[]): void {
    this.givenUp.began(target, messages);
  }

  ended(target: string, messages: readonly Message[]): void {
    this.givenUp.ended(target, messages);
  }

  unheard(target: string, message: Message): void {
    this.givenUp.unheard(target);
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

  /** A person empties the outbox of a target. */
  clear(target: string, flow: RunningFlow, life: Life): void {
    const owed = [...this.#sent.values()]
      .flat()
      .filter((reading) =>
        this.#parts.rig
          .debts(reading)
          .some((debt) => debt.nodes.includes(target) && !this.#isPaid(reading, debt)),
      );
    this.givenUp.clear(target, flow, life, new Set(owed.map(nameOf)));
  }

  /** A life is over: what it had not written down as done will be done again. */
  lifeOver(unacknowledged: readonly Reading[]): void {
    this.givenUp.lifeOver();
    this.resets.lifeOver();
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
      this.#overstated() ??
      firstProblem(disk.letters.map((letter) => this.#unjustLetter(letter))) ??
      (this.#isDamaged() || this.givenUp.hasUnnamed ? undefined : rig.verdict(view))
    );
  }

  /** Where each message is a reading that came once, all that was given up is known by name. */
  #overstated(): string | undefined {
    const isKnown = this.#sent.values().some(([first]) => first && this.#parts.rig.debts(first).length > 0);
    return isKnown && this.#copies.size === 0 ? this.givenUp.overstated() : undefined;
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

  /** What has left the disk was done, or given up before what came of it was written. */
  #written(written: Written): void {
    this.givenUp.written(written);
    for (const { message } of written.gone) {
      const reading = readingOf(message);
      if (reading !== undefined) this.#lostDebt(reading);
    }
  }

  /** Where a reading should be kept, and is not. */
  #lostDebt(reading: Reading): Debt | undefined {
    return this.#parts.rig
      .debts(reading)
      .find((debt) => !this.#isKept(reading, debt) && !this.givenUp.accountFor(reading, debt.nodes));
  }

  #isExcused(reading: Reading, target: string): boolean {
    const name = nameOf(reading);
    return (
      (this.wasClockSet && !this.#parts.rig.ordered.includes(target)) ||
      // What was damaged on disk has lost its place.
      this.#isSetAside(name) ||
      this.#isShortlyKept() ||
      // Of what was given up the broker may send another one.
      this.givenUp.mayHave(name, target) ||
      // What had failed is tried again when the process dies before that is written; others have got through since.
      this.#failed.has(name)
    );
  }

  #isKept(reading: Reading, debt: Debt): boolean {
    const name = nameOf(reading);
    return (
      this.#isPaid(reading, debt) ||
      this.#parts.disk.isWaiting(name, debt.nodes) ||
      (debt.heldAt !== undefined && this.#parts.disk.isHeld(name, debt.heldAt))
    );
  }

  #isPaid(reading: Reading, { targets, nodes, heldAt }: Debt): boolean {
    const name = nameOf(reading);
    return (
      targets.some((target) => this.#isDelivered(name, target)) ||
      this.#isDead(name) ||
      this.#isSetAside(name) ||
      this.givenUp.has(name, nodes) ||
      (heldAt !== undefined && this.resets.mayHaveForgotten(reading, heldAt))
    );
  }

  #isDelivered(name: string, target: string): boolean {
    return this.#delivered.get(target)?.has(name) === true;
  }

  #mustNotBeGivenUp(target: string, message: Message): void {
    const reading = readingOf(message);
    this.givenUp.taken(target, message);
    if (reading !== undefined) this.resets.taken(target, reading);
  }

  #isSetAside(name: string): boolean {
    return this.#parts.disk.setAside.some(({ message }) => nameOfMessage(message) === name);
  }

  #hasPassed({ device, sequence }: Reading): boolean {
    return lastPassed(this.#parts.disk, device) >= sequence;
  }

  #isShortlyKept(): boolean {
    return this.#parts.tuning.sink.keepMs < SHORTLY_KEPT_MS;
  }

  #isDead(name: string): boolean {
    return this.#parts.disk.letters.some((letter) => letter.name === name);
  }

  #unpaid(reading: Reading): string | undefined {
    const debt = this.#parts.rig
      .debts(reading)
      .find((one) => !this.#isPaid(reading, one) && !this.givenUp.accountFor(reading, one.nodes));
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
      isDelivered: (name, target) => this.#isDelivered(name, target),
      isDead: (name) => this.#isDead(name) || this.givenUp.hasAnywhere(name),
      dead: [...disk.letters.map(({ message }) => message), ...this.givenUp.messages],
      cuts: (node, device) => this.resets.cuts(node, device),
    };
  }
}
