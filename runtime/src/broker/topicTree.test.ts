import { describe, expect, it } from 'vitest';
import { createTopicTree } from './topicTree.ts';

const treeOf = (...filters: string[]) => {
  const tree = createTopicTree<string>((a) => a);
  for (const filter of filters) tree.add(filter, filter, filter);
  return tree;
};
const matches = (filter: string, topic: string) => treeOf(filter).match(topic).size === 1;

describe('topic filters (MQTT 3.1.1, section 4.7)', () => {
  it.each([
    ['a/b', 'a/b'],
    ['+/b', 'a/b'],
    ['a/+', 'a/'],
    ['#', 'a/b/c'],
    ['a/#', 'a'],
    ['a/#', 'a/b/c'],
    ['+/+', '/finance'],
    ['$SYS/#', '$SYS/x'],
    ['$SYS/+', '$SYS/x'],
  ])('%s matches %s', (filter, topic) => {
    expect(matches(filter, topic)).toBe(true);
  });

  it.each([
    ['a/b', 'a'],
    ['a', 'a/b'],
    ['a/+', 'a'],
    ['a/+', 'a/b/c'],
    ['+', '/finance'],
    ['#', '$SYS/x'],
    ['+/x', '$SYS/x'],
  ])('%s does not match %s', (filter, topic) => {
    expect(matches(filter, topic)).toBe(false);
  });

  it('gives one entry for a client with several filters, the better one', () => {
    const tree = createTopicTree<number>(Math.max);
    tree.add('a/b', 'me', 1);
    tree.add('#', 'me', 2);
    tree.add('a/+', 'you', 0);
    expect(Object.fromEntries(tree.match('a/b'))).toEqual({ me: 2, you: 0 });
  });

  it('forgets what is removed', () => {
    const tree = treeOf('a/b', 'a/+');
    tree.remove('a/b', 'a/b');
    tree.remove('never/there', 'x');
    expect([...tree.match('a/b').keys()]).toEqual(['a/+']);
  });
});
