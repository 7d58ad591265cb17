import {
  AudioWaveform,
  BellRing,
  Box,
  Bug,
  ChartColumnStacked,
  CircleQuestionMark,
  CloudUpload,
  Combine,
  Cpu,
  Database,
  Dog,
  Funnel,
  Gauge,
  Globe,
  Hourglass,
  Mail,
  Pencil,
  RadioTower,
  Reply,
  Ruler,
  Send,
  ShieldAlert,
  Sigma,
  Split,
  SquareFunction,
  StickyNote,
  TextCursorInput,
  Timer,
  type LucideIcon,
} from 'lucide-react';

const ICONS: Readonly<Record<string, LucideIcon>> = {
  'audio-waveform': AudioWaveform,
  'bell-ring': BellRing,
  bug: Bug,
  'chart-column-stacked': ChartColumnStacked,
  'circle-help': CircleQuestionMark,
  'cloud-upload': CloudUpload,
  combine: Combine,
  cpu: Cpu,
  database: Database,
  dog: Dog,
  funnel: Funnel,
  gauge: Gauge,
  globe: Globe,
  hourglass: Hourglass,
  mail: Mail,
  pencil: Pencil,
  'radio-tower': RadioTower,
  reply: Reply,
  ruler: Ruler,
  send: Send,
  'shield-alert': ShieldAlert,
  sigma: Sigma,
  split: Split,
  'square-function': SquareFunction,
  'sticky-note': StickyNote,
  'text-cursor-input': TextCursorInput,
  timer: Timer,
};

/** Names of the icons that node types may use. */
export const ICON_NAMES: ReadonlySet<string> = new Set(Object.keys(ICONS));

/** The icon of a node type, by the name that its definition gives. */
export function NodeIcon({ name, size = 16 }: { readonly name: string; readonly size?: number }) {
  const Icon = ICONS[name] ?? Box;
  return <Icon size={size} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />;
}
