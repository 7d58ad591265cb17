// Topics and topic filters of MQTT 3.1.1, section 4.7.

/** Tells whether a topic matches. */
export type TopicMatcher = (topic: string) => boolean;

/** The longest topic and filter of MQTT, in bytes of UTF-8 (section 1.5.3). */
const MAX_TOPIC_BYTES = 65_535;
/** Levels of a filter: more than anybody has, and few enough to make one regular expression of. */
const MAX_LEVELS = 1_000;

const SHARED = /^\$share\/[^/+#]+\//;

/** What is wrong with a topic filter, as a sentence for a person; `undefined` for a good one. */
export function filterProblem(filter: string): string | undefined {
  const own = textProblem('The topic filter', filter);
  if (own !== undefined) return own;
  const levels = levelsOf(filter);
  if (levels.length > MAX_LEVELS)
    return `The topic filter “${shortened(filter)}” has ${levels.length} levels; at most ${MAX_LEVELS} are taken.`;
  const many = levels.indexOf('#');
  if (many !== -1 && many !== levels.length - 1)
    return `In the topic filter “${filter}” the # must be the last level, as in plant/#.`;
  const mixed = levels.find((level) => level.length > 1 && /[+#]/.test(level));
  if (mixed !== undefined)
    return `In the topic filter “${filter}” the level “${mixed}” mixes a wildcard with text. A + or # stands alone between slashes, as in devices/+/telemetry.`;
  if (filter.startsWith('$share/') && !SHARED.test(filter))
    return `The topic filter “${filter}” needs a group and a filter after $share, as in $share/rules/devices/#.`;
  return undefined;
}

/** What is wrong with a topic to publish on; `undefined` for a good one. */
export function topicProblem(topic: string): string | undefined {
  const own = textProblem('The topic', topic);
  if (own !== undefined) return own;
  if (/[+#]/.test(topic))
    return `The topic “${shortened(topic)}” has a wildcard (+ or #). A message is published on one exact topic, such as alerts/pump-1.`;
  return undefined;
}

function textProblem(what: string, text: string): string | undefined {
  if (text === '') return `${what} is empty. Write one such as devices/pump-1/telemetry.`;
  if (text.includes('\u0000')) return `${what} “${shortened(text)}” has a NUL character, which MQTT forbids.`;
  // A character has three bytes at most, so that nearly all need not be counted.
  if (text.length > MAX_TOPIC_BYTES / 3 && new TextEncoder().encode(text).length > MAX_TOPIC_BYTES)
    return `${what} “${shortened(text)}” is longer than the ${MAX_TOPIC_BYTES} bytes that MQTT allows.`;
  return undefined;
}

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The levels of a filter, without the group of a shared subscription, so that they line up with those of a topic. */
function levelsOf(filter: string): readonly string[] {
  return filter.replace(SHARED, '').split('/');
}

/** Compiles a valid filter. A wildcard at the start does not match topics that start with `$` (section 4.7.2). */
export function compileFilter(filter: string): TopicMatcher {
  const bare = filter.replace(SHARED, '');
  if (!/[+#]/.test(bare)) return (topic) => topic === bare;
  // One regular expression is several times faster than a look at each level. It is made of plain text and of wildcards
  // that end at the next slash, so it never goes back.
  const source = bare
    .replace(/[.*?^${}()|[\]\\]/g, String.raw`\$&`)
    // `a/#` matches `a` itself too.
    .replace(/(^|\/)#$/, (_, slash: string) => (slash === '' ? '.*' : '(?:/.*)?'))
    .replaceAll('+', '[^/]*');
  const pattern = new RegExp(`^${/^[+#]/.test(bare) ? '(?![$])' : ''}${source}$`, 's');
  return (topic) => pattern.test(topic);
}

/** The index of the level that the first `+` stands for; `undefined` where there is none. */
export function firstWildcardLevel(filter: string): number | undefined {
  const found = levelsOf(filter).indexOf('+');
  return found === -1 ? undefined : found;
}

/** One level of a topic, counted from 0; `undefined` where the topic is shorter or the level is empty. */
export function topicLevel(topic: string, index: number): string | undefined {
  let from = 0;
  for (let before = 0; before < index; before += 1) {
    from = topic.indexOf('/', from) + 1;
    if (from === 0) return undefined;
  }
  const to = topic.indexOf('/', from);
  return topic.slice(from, to === -1 ? undefined : to) || undefined;
}
