/** Subscriptions by topic filter, found by topic (OASIS MQTT 3.1.1, section 4.7). */
export interface TopicTree<Entry> {
  add(filter: string, client: string, entry: Entry): void;
  remove(filter: string, client: string): void;
  /** One entry for each client with a filter that matches; of several, the one that `better` prefers. */
  match(topic: string): Map<string, Entry>;
}

interface Level<Entry> {
  readonly children: Map<string, Level<Entry>>;
  readonly entries: Map<string, Entry>;
}

const newLevel = <Entry>(): Level<Entry> => ({ children: new Map(), entries: new Map() });

export function createTopicTree<Entry>(better: (a: Entry, b: Entry) => Entry): TopicTree<Entry> {
  const root = newLevel<Entry>();
  return {
    add(filter, client, entry) {
      let level = root;
      for (const word of filter.split('/')) {
        const next = level.children.get(word) ?? newLevel<Entry>();
        level.children.set(word, next);
        level = next;
      }
      level.entries.set(client, entry);
    },
    remove: (filter, client) => void removeFrom(root, filter.split('/'), client),
    match(topic) {
      const found = new Map<string, Entry>();
      const take = (level: Level<Entry>): void => {
        for (const [client, entry] of level.entries) {
          const other = found.get(client);
          found.set(client, other === undefined ? entry : better(other, entry));
        }
      };
      const words = topic.split('/');
      // A filter that starts with a wildcard never matches a topic that starts with $ (section 4.7.2).
      matchFrom(root, words, 0, take, topic.startsWith('$'));
      return found;
    },
  };
}

function matchFrom<Entry>(
  level: Level<Entry>,
  words: readonly string[],
  depth: number,
  take: (level: Level<Entry>) => void,
  noWildcard: boolean,
): void {
  const all = noWildcard ? undefined : level.children.get('#');
  if (all !== undefined) take(all);
  const word = words[depth];
  if (word === undefined) {
    take(level);
    return;
  }
  const exact = level.children.get(word);
  if (exact !== undefined) matchFrom(exact, words, depth + 1, take, false);
  const any = noWildcard ? undefined : level.children.get('+');
  if (any !== undefined) matchFrom(any, words, depth + 1, take, false);
}

/** True when the level is empty now and can go. */
function removeFrom<Entry>(level: Level<Entry>, words: readonly string[], client: string): boolean {
  const [word, ...rest] = words;
  if (word === undefined) {
    level.entries.delete(client);
  } else {
    const child = level.children.get(word);
    if (child !== undefined && removeFrom(child, rest, client)) level.children.delete(word);
  }
  return level.entries.size === 0 && level.children.size === 0;
}
