import { formatDuration } from '@sluice/shared/message/duration.ts';
import { defineForm } from '@sluice/shared/node/form.ts';
import type { DebounceConfig } from './schema.ts';
import { debounceNode } from './schema.ts';

const WORDS: Record<DebounceConfig['send'], string> = {
  last: 'last',
  first: 'first',
  both: 'first and last',
};

export const debounceForm = defineForm(debounceNode, {
  order: ['quiet', 'send', 'atMost', 'byDevice'],
  advanced: ['atMost', 'byDevice'],
  sentence: ({ quiet, send, byDevice }) =>
    `${WORDS[send]} of a burst, quiet for ${formatDuration(quiet)}${byDevice ? '' : ', all devices as one'}`,
});
