import { SuggestField } from '../ui/ComboBox.tsx';
import { type ControlProps, textsOf, textValue } from './field.ts';

const UNITS = [
  '°C',
  '°F',
  'K',
  '%',
  'bar',
  'Pa',
  'kPa',
  'W',
  'kW',
  'kWh',
  'V',
  'A',
  'Hz',
  'mm/s',
  'm/s',
  'km/h',
  'l/min',
  'm³/h',
  'kg',
  'm',
  'ppm',
  'lx',
];

/** A text that is usually one of a known few: a unit, a time zone. */
export function SuggestingField(props: ControlProps) {
  const { meta, isOptional } = props.field;
  const known = meta.widget === 'zone' ? Intl.supportedValuesOf('timeZone') : unitsOf(props);
  return (
    <SuggestField
      {...textsOf(props)}
      value={textValue(props)}
      onChange={(text) => props.onChange(text === '' && isOptional ? undefined : text)}
      onBlur={props.onDone}
      choices={known.map((one) => ({ id: one, label: one }))}
      placeholder={meta.placeholder}
      empty="Not in the list. Write it as it should be shown."
    />
  );
}

/** A field may bring the units that it takes. */
function unitsOf({ field }: ControlProps): readonly string[] {
  return field.meta.options?.map((option) => option.value) ?? UNITS;
}
