import { Play, Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { Button, type ButtonVariant, type ControlSize } from '../Button.tsx';
import { Checkbox } from '../Checkbox.tsx';
import { ComboBox, SuggestField } from '../ComboBox.tsx';
import { IconButton } from '../IconButton.tsx';
import { NumberField } from '../NumberField.tsx';
import { Section } from '../Page.tsx';
import { SearchField } from '../SearchField.tsx';
import { Select } from '../Select.tsx';
import { Switch } from '../Switch.tsx';
import { TagField } from '../TagField.tsx';
import { TextField } from '../TextField.tsx';
import { Example } from './Example.tsx';

const VARIANTS: readonly ButtonVariant[] = ['primary', 'secondary', 'quiet', 'danger'];
const SIZES: readonly ControlSize[] = ['small', 'medium', 'large'];
const CHOICES = [
  { id: '>', label: 'rises above', description: 'Once, at the moment it happens.' },
  { id: '<', label: 'falls below' },
  { id: 'in', label: 'is inside a band', isDisabled: true },
];

/** What people press and fill in. */
export function Controls() {
  return (
    <Section title="Controls">
      <Buttons />
      <Texts />
      <Choosing />
    </Section>
  );
}

function Buttons() {
  return (
    <>
      {VARIANTS.map((variant) => (
        <Example key={variant} title={`Button, ${variant}`}>
          {SIZES.map((size) => (
            <Button key={size} variant={variant} size={size} icon={<Play size={16} aria-hidden="true" />}>
              {size}
            </Button>
          ))}
          <Button variant={variant} isDisabled>
            disabled
          </Button>
          <Button variant={variant} isPending>
            pending
          </Button>
        </Example>
      ))}
      <Example title="IconButton">
        {SIZES.map((size) => (
          <IconButton
            key={size}
            size={size}
            icon={<Undo2 size={16} />}
            label={`Undo, ${size}`}
            shortcut="Ctrl+Z"
          />
        ))}
        <IconButton icon={<Play size={16} />} label="On" isOn />
        <IconButton icon={<Trash2 size={16} />} label="Disabled" isDisabled />
      </Example>
    </>
  );
}

function Texts() {
  const [text, setText] = useState('devices/+/telemetry');
  const [search, setSearch] = useState('freezer');
  const [limit, setLimit] = useState(-15);
  const [tags, setTags] = useState<readonly string[]>(['cold room', 'north']);
  return (
    <>
      <Example title="TextField">
        <div className="w-64">
          <TextField
            label="Topic"
            value={text}
            onChange={setText}
            description="Which messages come in."
            isMono
          />
        </div>
        <div className="w-64">
          <TextField
            label="Topic"
            value="devices/#/telemetry"
            error="“#” stands at the end of a topic only. Write + for one level."
          />
        </div>
        <div className="w-64">
          <TextField label="Disabled" value="freezer-1" isDisabled />
        </div>
        <div className="w-64">
          <TextField label="Notes" lines={3} placeholder="What others should know" />
        </div>
        <div className="w-64">
          <TextField label="With a unit" defaultValue="10" suffix="min" />
        </div>
      </Example>
      <Example title="NumberField">
        <div className="w-64">
          <NumberField label="Limit" value={limit} onChange={setLimit} unit="°C" />
        </div>
        <div className="w-64">
          <NumberField label="Port" value={99_999} error="Write a whole number from 1 to 65535." />
        </div>
      </Example>
      <Example title="SearchField">
        <div className="w-64">
          <SearchField label="Search devices" value={search} onChange={setSearch} />
        </div>
      </Example>
      <Example title="TagField">
        <div className="w-64">
          <TagField label="Tags" tags={tags} onChange={setTags} />
        </div>
      </Example>
    </>
  );
}

function Choosing() {
  const [operator, setOperator] = useState<string | null>('>');
  const [unit, setUnit] = useState('°C');
  return (
    <>
      <Example title="Select, ComboBox">
        <div className="w-56">
          <Select label="Select" choices={CHOICES} value={operator} onChange={setOperator} />
        </div>
        <div className="w-56">
          <Select
            label="Select, wrong"
            choices={CHOICES}
            value={null}
            onChange={setOperator}
            error="Choose how to compare."
          />
        </div>
        <div className="w-56">
          <ComboBox label="ComboBox" choices={CHOICES} value={operator} onChange={setOperator} />
        </div>
        <div className="w-56">
          <SuggestField
            label="SuggestField"
            choices={[
              { id: 'c', label: '°C' },
              { id: 'f', label: '°F' },
            ]}
            value={unit}
            onChange={setUnit}
          />
        </div>
      </Example>
      <Example title="Switch">
        <Switch defaultSelected>On</Switch>
        <Switch description="Takes effect at once.">Off</Switch>
        <Switch isDisabled>Disabled</Switch>
      </Example>
      <Example title="Checkbox">
        <Checkbox defaultSelected>On</Checkbox>
        <Checkbox description="Sent with the form.">Off</Checkbox>
        <Checkbox isIndeterminate>Some</Checkbox>
        <Checkbox isDisabled>Disabled</Checkbox>
      </Example>
    </>
  );
}
