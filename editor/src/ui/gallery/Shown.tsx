import { Activity, Workflow } from 'lucide-react';
import { readClock } from '../../state/clock.ts';
import { Badge, type Tone } from '../Badge.tsx';
import { Button } from '../Button.tsx';
import { Chip } from '../Chip.tsx';
import { CopyText } from '../CopyText.tsx';
import { EmptyState } from '../EmptyState.tsx';
import { ErrorState } from '../ErrorState.tsx';
import { Kbd } from '../Kbd.tsx';
import { Section } from '../Page.tsx';
import { Spinner } from '../Spinner.tsx';
import { type Status, StatusDot } from '../StatusDot.tsx';
import { Tabs } from '../Tabs.tsx';
import { Time } from '../Time.tsx';
import { Tree } from '../Tree.tsx';
import { Value } from '../Value.tsx';
import { Example } from './Example.tsx';

const TONES: readonly Tone[] = ['neutral', 'accent', 'danger', 'major', 'caution', 'notice', 'good'];
const STATUSES: readonly Status[] = ['good', 'busy', 'idle', 'notice', 'caution', 'major', 'danger'];
const BRANCHES = [
  {
    id: 'payload',
    text: 'payload',
    children: [
      { id: 'payload.temperature', text: 'temperature −18.4' },
      { id: 'payload.door', text: 'door', children: [{ id: 'payload.door.open', text: 'open no' }] },
    ],
  },
  { id: 'topic', text: 'topic devices/freezer-1/telemetry' },
];

/** What only shows. */
export function Shown() {
  const now = readClock();
  return (
    <Section title="Shown">
      <Example title="Badge">
        {TONES.map((tone) => (
          <Badge key={tone} tone={tone} icon={<Activity size={12} aria-hidden="true" />}>
            {tone}
          </Badge>
        ))}
      </Example>
      <Example title="StatusDot">
        {STATUSES.map((status) => (
          <StatusDot key={status} status={status} word={status} />
        ))}
      </Example>
      <Example title="Chip">
        <Chip>cold room</Chip>
        <Chip onRemove={() => {}} removeLabel="Remove cold room">
          cold room
        </Chip>
        <Chip onPress={() => {}}>All 8</Chip>
        <Chip isOn onPress={() => {}}>
          Silent 1
        </Chip>
      </Example>
      <Example title="CopyText">
        <div className="w-full max-w-md">
          <CopyText
            label="Token"
            text="k3yThatIsShownOnce-and-is-longer-than-the-box-that-it-stands-in"
            description="It is shown this once."
          />
        </div>
      </Example>
      <Example title="Kbd, Spinner">
        <Kbd keys="Ctrl+Shift+ArrowUp" />
        <Spinner label="Loading" />
      </Example>
      <Example title="Time">
        {[0, 40_000, 190_000, 7_300_000, 100_000_000, 900_000_000].map((ago) => (
          <Time key={ago} at={now - ago} />
        ))}
      </Example>
      <Example title="Value">
        <Value value={-18.412} unit="°C" isStrong />
        <Value value={0.000_034_2} unit="g" />
        <Value value={1_234_567.8} unit="kWh" />
        <Value value={Number.NaN} />
        <Value value />
        <Value value="open" />
        <Value value={null} />
      </Example>
      <Example title="Tabs">
        <div className="w-full max-w-md rounded-md border border-line bg-surface">
          <Tabs
            label="Node"
            tabs={[
              { id: 'setup', label: 'Set up', content: <p className="p-3">Settings</p> },
              {
                id: 'messages',
                label: 'Data',
                badge: <Badge>12</Badge>,
                content: <p className="p-3">Messages</p>,
              },
            ]}
          />
        </div>
      </Example>
      <Example title="Tree">
        <div className="w-full max-w-md rounded-md border border-line bg-surface p-1">
          <Tree
            label="Message"
            branches={BRANCHES}
            expanded={['payload']}
            selected="topic"
            onSelect={() => {}}
          />
        </div>
      </Example>
      <Example title="EmptyState, ErrorState">
        <div className="rounded-md border border-line bg-surface">
          <EmptyState
            icon={<Workflow size={20} aria-hidden="true" />}
            title="No flows yet"
            action={<Button variant="primary">New flow</Button>}
          >
            A flow says what happens to the values of your devices.
          </EmptyState>
        </div>
        <div className="rounded-md border border-line bg-surface">
          <ErrorState
            title="The devices could not be loaded"
            error={new Error('Sluice does not answer. Check that it is running.')}
            onRetry={() => {}}
          />
        </div>
      </Example>
    </Section>
  );
}
