import type { Connection } from '@sluice/shared/protocol/http.ts';
import { Checkbox } from '../ui/Checkbox.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { ConnectionDraft } from './connectionDraft.ts';
import { CONNECTION_KINDS, type ConnectionField } from './connectionKinds.ts';

export interface ConnectionFormProps {
  readonly draft: ConnectionDraft;
  readonly onChange: (draft: ConnectionDraft) => void;
  /** Field to sentence; shown once the person tried to save. */
  readonly problems: Readonly<Record<string, string>>;
  /** What is on the server, when it is there already. */
  readonly saved: Connection | undefined;
}

/** The settings of a connection. */
export function ConnectionForm({ draft, onChange, problems, saved }: ConnectionFormProps) {
  const kind = CONNECTION_KINDS[draft.type];
  const setValue = (name: string, value: string | number | boolean) =>
    onChange({ ...draft, values: { ...draft.values, [name]: value } });
  const setSecret = (name: string, secret: string) =>
    onChange({ ...draft, secrets: { ...draft.secrets, [name]: secret } });
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Name"
        value={draft.name}
        onChange={(name) => onChange({ ...draft, name })}
        description="What nodes call it."
        error={problems['name']}
        maxLength={200}
      />
      {kind.fields.map((field) => (
        <FieldControl
          key={field.name}
          field={field}
          value={draft.values[field.name]}
          onChange={(value) => setValue(field.name, value)}
          error={problems[field.name]}
        />
      ))}
      {kind.secrets.map((secret) => {
        const isKept = saved?.secrets.includes(secret.name) === true;
        return (
          <TextField
            key={secret.name}
            type="password"
            autoComplete="off"
            label={secret.label}
            value={draft.secrets[secret.name] ?? ''}
            onChange={(text) => setSecret(secret.name, text)}
            placeholder={isKept ? 'Set; write a new one to replace it' : ''}
            description={`${secret.description} Kept encrypted, and never shown again.`}
            error={problems[secret.name]}
          />
        );
      })}
    </div>
  );
}

interface FieldControlProps {
  readonly field: ConnectionField;
  readonly value: string | number | boolean | undefined;
  readonly onChange: (value: string | number | boolean) => void;
  readonly error: string | undefined;
}

function FieldControl({ field, value, onChange, error }: FieldControlProps) {
  switch (field.kind) {
    case 'text':
      return (
        <TextField
          label={field.label}
          description={field.description}
          placeholder={field.placeholder}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
          isRequired={field.isRequired ?? false}
          validationBehavior="aria"
          error={error}
        />
      );
    case 'number':
      return (
        <NumberField
          label={field.label}
          description={field.description}
          value={typeof value === 'number' ? value : Number.NaN}
          onChange={onChange}
          minValue={field.min}
          maxValue={field.max}
          error={error}
        />
      );
    case 'flag':
      return (
        <Checkbox isSelected={value === true} onChange={onChange} description={field.description}>
          {field.label}
        </Checkbox>
      );
  }
}
