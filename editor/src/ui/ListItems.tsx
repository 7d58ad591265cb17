import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox';
import { Text } from 'react-aria-components/Text';

/** One thing to choose. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  /** A second line. */
  readonly description?: string | undefined;
  readonly icon?: ReactNode;
  readonly isDisabled?: boolean | undefined;
}

export const POPUP_LOOK =
  'appear rounded-md border border-line bg-raised text-ink shadow-raised outline-none';
export const ITEM_LOOK =
  'flex min-h-8 items-center gap-2 rounded-sm px-2 py-1 text-editor outline-none data-focused:bg-hover data-hovered:bg-hover data-disabled:opacity-45';

/** The list inside a `Select` or a `ComboBox`. */
export function ChoiceList({ empty }: { readonly empty: string }) {
  return (
    <ListBox<Choice>
      className="max-h-80 min-w-[var(--trigger-width)] overflow-auto p-1 outline-none"
      renderEmptyState={() => <p className="px-2 py-1.5 text-editor text-ink-soft">{empty}</p>}
    >
      {(choice) => <ChoiceItem choice={choice} />}
    </ListBox>
  );
}

export function ChoiceItem({ choice }: { readonly choice: Choice }) {
  return (
    <ListBoxItem
      id={choice.id}
      textValue={choice.label}
      isDisabled={choice.isDisabled ?? false}
      className={ITEM_LOOK}
    >
      {({ isSelected }) => (
        <>
          {choice.icon}
          <span className="flex min-w-0 flex-1 flex-col">
            <Text slot="label" className="truncate">
              {choice.label}
            </Text>
            {choice.description !== undefined && (
              <Text slot="description" className="text-small text-ink-soft">
                {choice.description}
              </Text>
            )}
          </span>
          {isSelected && <Check size={14} className="shrink-0 text-accent-text" aria-hidden="true" />}
        </>
      )}
    </ListBoxItem>
  );
}
