import type { ShownMessage } from '@sluice/shared/protocol/shown.ts';
import type { FormField } from './formFields.ts';

/** What every control of the form gets. */
export interface ControlProps {
  readonly field: FormField;
  /** What is written in the settings; `undefined` where nothing is. */
  readonly value: unknown;
  /** `undefined` takes the setting away, so that its default holds. */
  readonly onChange: (value: unknown) => void;
  /** The gesture is over: the next change is an entry of its own in the history. */
  readonly onDone: () => void;
  /** What is wrong, as a sentence. */
  readonly error: string | undefined;
  /** The newest message that reached the node. */
  readonly sample: ShownMessage | undefined;
}

/** Label, help and error of a field, as the controls of the kit take them. */
export function textsOf({ field, error }: ControlProps) {
  const { title, description } = field.meta;
  const label = field.isOptional ? `${title} (optional)` : title;
  return { label, description, error };
}

/** What the control shows: what is written, or what holds when nothing is. */
export function shownValue({ field, value }: ControlProps): unknown {
  return value === undefined ? field.fallback : value;
}

export function textValue(props: ControlProps): string {
  const shown = shownValue(props);
  return typeof shown === 'string' ? shown : '';
}
