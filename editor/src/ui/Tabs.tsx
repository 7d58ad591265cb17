import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components/Tabs';
import { classes } from './classes.ts';

interface TabItem {
  readonly id: string;
  readonly label: string;
  /** A count or a badge behind the label. */
  readonly badge?: ReactNode;
  readonly content: ReactNode;
}

export interface TabsProps {
  /** What the tabs are about, for screen readers. */
  readonly label: string;
  readonly tabs: readonly TabItem[];
  readonly selected?: string | undefined;
  readonly onSelect?: ((id: string) => void) | undefined;
  /** Fills the height of its container; the content scrolls. */
  readonly isFilling?: boolean | undefined;
}

/** Views of one thing, one at a time. */
export function Tabs({ label, tabs, selected, onSelect, isFilling = false }: TabsProps) {
  return (
    <AriaTabs
      {...(selected === undefined ? {} : { selectedKey: selected })}
      onSelectionChange={(key) => onSelect?.(String(key))}
      className={classes('flex min-h-0 flex-col', isFilling && 'h-full')}
    >
      <TabList aria-label={label} className="flex shrink-0 gap-1 border-b border-line px-2">
        {tabs.map((tab) => (
          <Tab
            key={tab.id}
            id={tab.id}
            className="-mb-px flex h-9 items-center gap-1.5 rounded-t-sm border-b-2 border-transparent px-2 text-ink-soft transition-colors data-focus-visible:-outline-offset-2 data-hovered:text-ink data-selected:border-accent data-selected:font-medium data-selected:text-ink"
          >
            {tab.label}
            {tab.badge}
          </Tab>
        ))}
      </TabList>
      {tabs.map((tab) => (
        <TabPanel
          key={tab.id}
          id={tab.id}
          className={classes(
            'data-focus-visible:-outline-offset-2',
            isFilling && 'relative min-h-0 flex-1 overflow-auto',
          )}
        >
          {tab.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
