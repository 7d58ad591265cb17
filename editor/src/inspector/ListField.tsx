import type { ComponentType } from 'react';
import { ArrowDown, ArrowUp, Plus, Trash2 } from 'lucide-react';
import { Group } from 'react-aria-components/Group';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { type ControlProps, shownValue, textsOf } from './field.ts';
import { emptyItem, isSingle } from './formFields.ts';

export interface ListFieldProps extends ControlProps {
  /** Draws a setting of an item. */
  readonly Control: ComponentType<ControlProps>;
}

/** Several of the same, in an order: rules, headers, conditions. */
export function ListField(props: ListFieldProps) {
  const shown = shownValue(props);
  const items: readonly unknown[] = Array.isArray(shown) ? shown : [];
  const { label, description, error } = textsOf(props);
  const name = props.field.meta.itemTitle ?? 'item';
  const write = (next: readonly unknown[]) => {
    props.onChange(next);
    props.onDone();
  };
  return (
    <Group aria-label={label} className="flex flex-col gap-2">
      <div>
        <p className="font-medium">{label}</p>
        <p className="text-small text-ink-soft">{description}</p>
        {error !== undefined && <p className="text-small text-danger">{error}</p>}
      </div>
      {items.map((item, index) => (
        <ListItem
          // Items have no id of their own; their order is what they are.
          key={index}
          props={props}
          item={item}
          title={`${name} ${index + 1}`}
          onChange={(field, value) =>
            props.onChange(
              items.with(
                index,
                isSingle(props.field) ? (value ?? '') : withSetting(asGroup(item), field, value),
              ),
            )
          }
          onRemove={() => write(items.filter((_, at) => at !== index))}
          onMoveUp={index === 0 ? undefined : () => write(swapped(items, index - 1))}
          onMoveDown={index === items.length - 1 ? undefined : () => write(swapped(items, index))}
        />
      ))}
      <div>
        <Button
          size="small"
          icon={<Plus size={14} />}
          onPress={() => write([...items, emptyItem(props.field)])}
        >
          Add {article(name)} {name}
        </Button>
      </div>
    </Group>
  );
}

interface ListItemProps {
  readonly props: ListFieldProps;
  readonly item: unknown;
  readonly title: string;
  readonly onChange: (field: string, value: unknown) => void;
  readonly onRemove: () => void;
  readonly onMoveUp: (() => void) | undefined;
  readonly onMoveDown: (() => void) | undefined;
}

function ListItem({ props, item, title, onChange, onRemove, onMoveUp, onMoveDown }: ListItemProps) {
  return (
    <Group aria-label={title} className="flex flex-col gap-3 rounded-md border border-line p-3">
      <div className="-mt-1 flex items-center justify-between">
        <span className="text-small text-ink-soft first-letter:uppercase">{title}</span>
        <span className="-mr-1.5 flex">
          <IconButton
            icon={<ArrowUp size={14} />}
            label={`Move ${title} up`}
            size="small"
            isDisabled={onMoveUp === undefined}
            onPress={() => onMoveUp?.()}
          />
          <IconButton
            icon={<ArrowDown size={14} />}
            label={`Move ${title} down`}
            size="small"
            isDisabled={onMoveDown === undefined}
            onPress={() => onMoveDown?.()}
          />
          <IconButton icon={<Trash2 size={14} />} label={`Remove ${title}`} size="small" onPress={onRemove} />
        </span>
      </div>
      {props.field.item.map((field) => (
        <props.Control
          key={field.name}
          field={field}
          value={isSingle(props.field) ? item : asGroup(item)[field.name]}
          onChange={(value) => onChange(field.name, value)}
          onDone={props.onDone}
          error={undefined}
          sample={props.sample}
        />
      ))}
    </Group>
  );
}

function asGroup(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function withSetting(item: Record<string, unknown>, field: string, value: unknown): Record<string, unknown> {
  const { [field]: _before, ...rest } = item;
  return value === undefined ? rest : { ...item, [field]: value };
}

/** Swaps the item at `index` with the next one. */
function swapped(items: readonly unknown[], index: number): readonly unknown[] {
  return items.with(index, items[index + 1]).with(index + 1, items[index]);
}

function article(word: string): string {
  return /^[aeiou]/i.test(word) ? 'an' : 'a';
}
