import type { ReactElement, ReactNode } from 'react';
import { Menu as AriaMenu, MenuItem, MenuSection, MenuTrigger } from 'react-aria-components/Menu';
import { Popover } from 'react-aria-components/Popover';
import { Header } from 'react-aria-components/Header';
import { classes } from './classes.ts';
import { Kbd } from './Kbd.tsx';
import { ITEM_LOOK, POPUP_LOOK } from './ListItems.tsx';

export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon?: ReactNode;
  /** Keys that do the same, as `Ctrl+Z`. */
  readonly shortcut?: string | undefined;
  /** Takes something away. */
  readonly isDanger?: boolean | undefined;
  readonly isDisabled?: boolean | undefined;
  /** Marked as what is on now. */
  readonly isOn?: boolean | undefined;
  readonly onAction: () => void;
}

interface MenuGroup {
  readonly id: string;
  /** Shown above the group. */
  readonly title?: string | undefined;
  readonly actions: readonly MenuAction[];
}

export interface MenuProps {
  readonly label: string;
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly groups: readonly MenuGroup[];
  readonly placement?: 'bottom start' | 'bottom end' | 'right top' | 'top start' | undefined;
}

/** A few things to do, behind one button. */
export function Menu({ label, trigger, groups, placement = 'bottom start' }: MenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className={POPUP_LOOK} placement={placement} offset={4}>
        <AriaMenu aria-label={label} className="max-h-96 min-w-48 overflow-auto p-1 outline-none">
          {groups.map((group, index) => (
            <MenuSection
              key={group.id}
              id={group.id}
              {...(group.title === undefined ? { 'aria-label': group.id } : {})}
              className={classes(index > 0 && 'mt-1 border-t border-line pt-1')}
            >
              {group.title !== undefined && (
                <Header className="px-2 py-1 text-small text-ink-soft">{group.title}</Header>
              )}
              {group.actions.map((action) => (
                <ActionItem key={action.id} action={action} />
              ))}
            </MenuSection>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}

function ActionItem({ action }: { readonly action: MenuAction }) {
  return (
    <MenuItem
      id={action.id}
      textValue={action.label}
      isDisabled={action.isDisabled ?? false}
      onAction={action.onAction}
      className={classes(ITEM_LOOK, action.isDanger === true && 'text-danger')}
    >
      {action.icon !== undefined && <span className="flex size-4 items-center">{action.icon}</span>}
      <span className="flex-1">{action.label}</span>
      {action.isOn === true && <span className="text-small text-accent-text">on</span>}
      {action.shortcut !== undefined && <Kbd keys={action.shortcut} />}
    </MenuItem>
  );
}
