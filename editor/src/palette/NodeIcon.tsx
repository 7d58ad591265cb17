import {
  Bell,
  Box,
  Bug,
  ChartNoAxesColumn,
  CircleHelp,
  Clock,
  Code,
  Combine,
  Cpu,
  Database,
  Filter,
  Gauge,
  Globe,
  type LucideIcon,
  Mail,
  Play,
  Send,
  StickyNote,
  Timer,
} from 'lucide-react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  bell: Bell,
  bug: Bug,
  'chart-no-axes-column': ChartNoAxesColumn,
  'circle-help': CircleHelp,
  clock: Clock,
  code: Code,
  combine: Combine,
  cpu: Cpu,
  database: Database,
  filter: Filter,
  gauge: Gauge,
  globe: Globe,
  mail: Mail,
  play: Play,
  send: Send,
  'sticky-note': StickyNote,
  timer: Timer,
};

/** Names of the icons that node types may use. */
export const ICON_NAMES: ReadonlySet<string> = new Set(Object.keys(ICONS));

/** The icon of a node type, by the name that its definition gives. */
export function NodeIcon({ name, size = 16 }: { readonly name: string; readonly size?: number }) {
  const Icon = ICONS[name] ?? Box;
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />;
}
