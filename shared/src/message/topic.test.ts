import { describe, expect, it } from 'vitest';
import { compileFilter, filterProblem, firstWildcardLevel, topicLevel, topicProblem } from './topic.ts';

describe('filters', () => {
  it.each([
    ['devices/+/telemetry', 'devices/a/telemetry', true],
    ['devices/+/telemetry', 'devices/a/b/telemetry', false],
    ['devices/+/telemetry', 'devices//telemetry', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['a/#', 'ab', false],
    ['#', 'a/b', true],
    ['#', '$SYS/uptime', false],
    ['+/uptime', '$SYS/uptime', false],
    ['$SYS/#', '$SYS/uptime', true],
    ['a/b', 'a/b', true],
    ['a/b', 'A/b', false],
    ['a.b/+', 'axb/c', false],
    ['(a|b)*/+', '(a|b)*/c', true],
    ['+/+', 'a/b/c', false],
    ['+', 'a\nb', true],
    ['/+', '/a', true],
    ['+/b/#', 'a/b', true],
    ['$share/group/a/+', 'a/x', true],
  ])('[MQTT 3.1.1 §4.7] %s on %s: %s', (filter, topic, matches) => {
    expect(compileFilter(filter)(topic)).toBe(matches);
  });

  it.each(['a/#/b', 'a+/b', 'a/b#', '', 'a\u0000b', '$share/group', 'x'.repeat(65_536)])(
    'a filter that is wrong gets a sentence (%#)',
    (filter) => {
      expect(filterProblem(filter)).toMatch(/\.$/);
    },
  );

  it.each(['a/+/b', '#', '+', 'a/#', '$share/g/a/#', '/'])('%s is fine', (filter) => {
    expect(filterProblem(filter)).toBeUndefined();
  });

  it('the level of the first + is counted without the group of a shared subscription', () => {
    expect(firstWildcardLevel('devices/+/x')).toBe(1);
    expect(firstWildcardLevel('$share/g/devices/+/x')).toBe(1);
    expect(firstWildcardLevel('a/b')).toBeUndefined();
    expect(topicLevel('devices/a/x', 1)).toBe('a');
    expect(topicLevel('devices//x', 1)).toBeUndefined();
    expect(topicLevel('a/b', 0)).toBe('a');
    expect(topicLevel('/b', 1)).toBe('b');
    expect(topicLevel('a/b', 2)).toBeUndefined();
    expect(topicLevel('devices', 1)).toBeUndefined();
  });
});

describe('topics', () => {
  it.each(['', 'a/+', 'a/#', 'a\u0000', 'é'.repeat(40_000)])(
    'one that cannot be published on gets a sentence (%#)',
    (topic) => {
      expect(topicProblem(topic)).toMatch(/\.$/);
    },
  );

  it('one that can be published on gets none', () => {
    expect(topicProblem('alerts/pump 1/ä')).toBeUndefined();
  });
});
