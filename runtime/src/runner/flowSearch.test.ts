import { describe, expect, it } from 'vitest';
import { fakeTime } from './fakeTime.ts';
import { FlowSearch } from './flowSearch.ts';

function stage(ids: string) {
  const time = fakeTime();
  const all = ids.split(' ').map((id) => ({ id }));
  const held: string[] = [];
  const told: string[] = [];
  const gone = new Set<string>();
  /** These do not start any more. */
  const broken = new Set<string>();
  let runs: string[] = [];
  const search = new FlowSearch({
    time,
    flows: () => all.filter(({ id }) => !held.includes(id) && !gone.has(id)),
    async run(flows) {
      runs.push(flows.map(({ id }) => id).join(''));
      return flows.filter(({ id }) => !broken.has(id));
    },
    hold: (flow) => void held.push(flow),
    wait: ({ id }) => void told.push(`${id} waits`),
    goOn: ({ id }) => void told.push(`${id} goes on`),
  });
  const settle = () => Promise.resolve().then(() => Promise.resolve());
  async function live(ms: number): Promise<void> {
    await settle();
    time.advance(ms);
    await settle();
  }
  return {
    search,
    held,
    told,
    broken,
    live,
    /** As a host does it: what is stopped is not to run any more. */
    stopFlow(id: string): void {
      gone.add(id);
      search.stopped(id);
    },
    /** What was brought up since it was asked last, in order. */
    async up(): Promise<string[]> {
      await settle();
      const before = runs;
      runs = [];
      return before;
    },
    /** The process lives so long and ends; the next one is ready at once. */
    async end(livedMs: number, isOfItself = true): Promise<void> {
      await live(livedMs);
      search.ended(isOfItself ? { livedMs } : undefined);
      search.ready();
    },
  };
}

describe('[EN13] a runner that ends because of one flow', () => {
  it('comes back with all flows at once after an accident or two', async () => {
    const { search, up, end } = stage('a b c d');
    search.ready();
    expect(await up()).toEqual(['abcd']);
    await end(100);
    await end(100);
    expect(await up()).toEqual(['abcd', 'abcd']);
  });

  it('brings up one half after the other from the third end on, until the cause is held and the others run', async () => {
    const { search, held, up, end, live } = stage('a b c d');
    search.ready();
    for (let time = 0; time < 3; time++) await end(100);
    await up();
    // `a` and `b` are on trial and live; `c` is next and ends it.
    await live(2_000);
    expect(await up()).toEqual(['c']);
    await end(100);
    expect(held).toEqual(['c']);
    expect(await up()).toEqual(['abd']);
  });

  it('says of each flow that it waits, and that it goes on', async () => {
    const { search, told, broken, up, end, live } = stage('a b c d e');
    search.ready();
    for (let time = 0; time < 3; time++) await end(100);
    await up();
    expect(told).toEqual(['d waits', 'e waits']);
    broken.add('e');
    await live(2_000);
    await live(2_000);
    expect(told).toEqual(['d waits', 'e waits', 'd goes on']);
  });

  it('gives a trial as long as it took the runner to end, and twice as long', async () => {
    const { search, up, end, live } = stage('a b');
    search.ready();
    for (let time = 0; time < 3; time++) await end(4_000);
    await up();
    await live(7_999);
    expect(await up()).toEqual([]);
    await live(1);
    expect(await up()).toEqual(['b']);
  });

  it('blames no flow when somebody ends the runner from outside', async () => {
    const { search, held, up, end } = stage('a');
    search.ready();
    for (let time = 0; time < 10; time++) await end(100, false);
    expect(held).toEqual([]);
    expect((await up()).every((flows) => flows === 'a')).toBe(true);
  });

  it('blames no flow when the process ends before it has run one', async () => {
    const { search, held } = stage('a');
    for (let time = 0; time < 10; time++) search.ended({ livedMs: 50 });
    expect(held).toEqual([]);
  });

  it('goes on with the search over an end from outside', async () => {
    const { search, up, end, live } = stage('a b c d');
    search.ready();
    for (let time = 0; time < 3; time++) await end(100);
    await end(100, false);
    await up();
    await live(2_000);
    expect(await up()).toEqual(['c']);
  });

  it('runs at once what a person starts, and leaves what a person stops', async () => {
    const { search, stopFlow, up, end, live } = stage('a b c d');
    search.ready();
    for (let time = 0; time < 3; time++) await end(100);
    await up();
    search.deployed('d');
    stopFlow('c');
    await live(2_000);
    expect(await up()).toEqual([]);
    search.ended({ livedMs: 3_000 });
    search.ready();
    expect(await up()).toEqual(['abd']);
  });

  it('does nothing more for a process that has ended, or when it is stopped', async () => {
    const { search, up, end, live } = stage('a b c d');
    search.ready();
    for (let time = 0; time < 3; time++) await end(100);
    await up();
    search.stop();
    search.stop();
    await live(60_000);
    expect(await up()).toEqual([]);
  });
});
