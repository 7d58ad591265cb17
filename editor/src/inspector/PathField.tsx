import { SuggestField } from '../ui/ComboBox.tsx';
import { leafPaths, messageTree, shortValue } from '../debug/messageTree.ts';
import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import { type ControlProps, textsOf, textValue } from './field.ts';

/** Where a value is in the message: typed, or picked from the newest one. */
export function PathField(props: ControlProps) {
  return (
    <SuggestField
      {...textsOf(props)}
      value={textValue(props)}
      onChange={(text) => props.onChange(text === '' && props.field.isOptional ? undefined : text)}
      onBlur={props.onDone}
      choices={pathChoices(props.sample)}
      placeholder={props.field.meta.placeholder ?? 'payload.temperature'}
      empty="No message has come yet to choose from. Type a path such as payload.temperature."
      isMono
    />
  );
}

/** The values of a message, to choose from: a path each, with what it holds now. */
export function pathChoices(sample: ShownMessage | undefined) {
  if (sample === undefined) return [];
  return leafPaths(messageTree(sample)).map((line) => ({
    id: line.path,
    label: line.path,
    description: `now ${shortValue(line.value)}`,
  }));
}
