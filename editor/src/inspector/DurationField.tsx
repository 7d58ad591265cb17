import { DurationInput } from '../ui/DurationInput.tsx';
import { type ControlProps, textsOf, textValue } from './field.ts';

/** A setting that is a length of time. */
export function DurationField(props: ControlProps) {
  return (
    <DurationInput
      {...textsOf(props)}
      value={textValue(props)}
      onChange={props.onChange}
      onDone={props.onDone}
    />
  );
}
