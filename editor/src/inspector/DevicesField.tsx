import { type DeviceSelector, deviceSelectorSchema } from '@sluice/shared/node/field.ts';
import type { Device } from '@sluice/shared/protocol/http.ts';
import { useQuery } from '@tanstack/react-query';
import { Group } from 'react-aria-components/Group';
import { devicesQuery } from '../state/remoteQueries.ts';
import { Chip } from '../ui/Chip.tsx';
import { ComboBox } from '../ui/ComboBox.tsx';
import { Select } from '../ui/Select.tsx';
import { type ControlProps, shownValue, textsOf } from './field.ts';

type How = 'any' | 'model' | 'tags' | 'ids';

const WAYS: readonly { readonly id: How; readonly label: string; readonly description: string }[] = [
  { id: 'any', label: 'Any device', description: 'All that report, also those to come.' },
  { id: 'model', label: 'By model', description: 'All of one model, also those to come.' },
  { id: 'tags', label: 'By tag', description: 'All that have these tags.' },
  { id: 'ids', label: 'These devices', description: 'Chosen one by one.' },
];

/** Which devices: all, by model, by tag, or chosen; with how many that are now. */
export function DevicesField(props: ControlProps) {
  const { data: devices = [] } = useQuery(devicesQuery);
  const parsed = deviceSelectorSchema.safeParse(shownValue(props) ?? {});
  const selector: DeviceSelector = parsed.success ? parsed.data : {};
  const how = howOf(selector);
  const { label, description, error } = textsOf(props);
  const write = (next: DeviceSelector) => {
    props.onChange(next);
    props.onDone();
  };
  return (
    <Group aria-label={label} className="flex flex-col gap-2">
      <Select
        label={label}
        description={`${description} ${countSentence(devices, selector)}`}
        error={error}
        choices={WAYS}
        value={how}
        onChange={(next) => write(emptySelector(next, devices))}
      />
      {how === 'model' && (
        <ComboBox
          label="Model"
          choices={unique(devices.map((device) => device.model)).map((model) => ({
            id: model,
            label: model,
          }))}
          value={selector.model ?? null}
          onChange={(model) => write({ model: model ?? '' })}
          empty="No device has said its model yet."
        />
      )}
      {how === 'tags' && (
        <ChosenList
          label="Tag"
          chosen={selector.tags ?? []}
          choices={unique(devices.flatMap((device) => device.tags)).map((tag) => ({ id: tag, label: tag }))}
          onChange={(tags) => write({ tags })}
        />
      )}
      {how === 'ids' && (
        <ChosenList
          label="Device"
          chosen={selector.ids ?? []}
          choices={devices.map((device) => ({ id: device.id, label: device.name, description: device.id }))}
          onChange={(ids) => write({ ids })}
        />
      )}
    </Group>
  );
}

interface ChosenListProps {
  readonly label: string;
  readonly chosen: readonly string[];
  readonly choices: readonly { readonly id: string; readonly label: string }[];
  readonly onChange: (chosen: string[]) => void;
}

function ChosenList({ label, chosen, choices, onChange }: ChosenListProps) {
  const nameOf = (id: string) => choices.find((choice) => choice.id === id)?.label ?? id;
  return (
    <div className="flex flex-col gap-2">
      {chosen.length > 0 && (
        <div className="flex flex-wrap gap-1">
          {chosen.map((id) => (
            <Chip
              key={id}
              removeLabel={`Remove ${nameOf(id)}`}
              onRemove={() => onChange(chosen.filter((one) => one !== id))}
            >
              {nameOf(id)}
            </Chip>
          ))}
        </div>
      )}
      <ComboBox
        // A new one after each choice, so that its text is empty again.
        key={chosen.join(' ')}
        label={`Add a ${label.toLowerCase()}`}
        choices={choices.filter(({ id }) => !chosen.includes(id))}
        value={null}
        onChange={(id) => {
          if (id !== null) onChange([...chosen, id]);
        }}
        empty="None is left to choose."
      />
    </div>
  );
}

function howOf(selector: DeviceSelector): How {
  if (selector.ids !== undefined) return 'ids';
  if (selector.tags !== undefined) return 'tags';
  return selector.model === undefined ? 'any' : 'model';
}

function emptySelector(how: string, devices: readonly Device[]): DeviceSelector {
  switch (how) {
    case 'model':
      return { model: unique(devices.map((device) => device.model))[0] ?? '' };
    case 'tags':
      return { tags: [] };
    case 'ids':
      return { ids: [] };
    default:
      return {};
  }
}

/** Whether a device is among those selected; the runner decides by the same rule. */
function isSelected(device: Pick<Device, 'id' | 'model' | 'tags'>, selector: DeviceSelector): boolean {
  return (
    (selector.ids?.includes(device.id) ?? true) &&
    (selector.model === undefined || device.model === selector.model) &&
    (selector.tags?.every((tag) => device.tags.includes(tag)) ?? true)
  );
}

function countSentence(devices: readonly Device[], selector: DeviceSelector): string {
  const count = devices.filter((device) => isSelected(device, selector)).length;
  return count === 1 ? 'That is 1 device now.' : `That is ${count} devices now.`;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)].filter((text) => text !== '').toSorted();
}
