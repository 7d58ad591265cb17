import { Section } from '../Page.tsx';
import { Example } from './Example.tsx';

const GROUNDS = ['bg-ground', 'bg-surface', 'bg-raised', 'bg-sunken', 'bg-selected'];
const TONES = [
  'bg-accent-soft text-accent-text',
  'bg-danger-soft text-danger',
  'bg-major-soft text-major',
  'bg-caution-soft text-caution',
  'bg-notice-soft text-notice',
  'bg-good-soft text-good',
  'bg-idle-soft text-ink-soft',
];
const GROUPS = [
  'bg-group-inputs',
  'bg-group-logic',
  'bg-group-time',
  'bg-group-transform',
  'bg-group-actions',
  'bg-group-flow',
];
const SIZES = ['text-small', 'text-editor', 'text-operator', 'text-title', 'text-page'];

/** The tokens as they look on this scheme. */
export function Tokens() {
  return (
    <Section title="Tokens">
      <Example title="Grounds and text">
        {GROUNDS.map((ground) => (
          <div key={ground} className={`${ground} w-40 rounded-md border border-line p-3`}>
            <p>{ground}</p>
            <p className="text-ink-soft">text-ink-soft</p>
            <p className="text-ink-faint">text-ink-faint</p>
            <p className="text-accent-text">text-accent-text</p>
          </div>
        ))}
      </Example>
      <Example title="States">
        {TONES.map((tone) => (
          <span key={tone} className={`${tone} rounded-md px-3 py-2`}>
            {tone}
          </span>
        ))}
      </Example>
      <Example title="Node groups">
        {GROUPS.map((group) => (
          <span key={group} className="flex items-center gap-2">
            <span className={`${group} h-6 w-1 rounded-full`} />
            {group}
          </span>
        ))}
      </Example>
      <Example title="Sizes">
        {SIZES.map((size) => (
          <span key={size} className={size}>
            {size} −18.4 °C
          </span>
        ))}
      </Example>
    </Section>
  );
}
