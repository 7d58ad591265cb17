import type { Connection } from '@sluice/shared/protocol/http.ts';
import { Checkbox } from '../ui/Checkbox.tsx';
import { NumberField } from '../ui/NumberField.tsx';
import { TextField } from '../ui/TextField.tsx';
import type { ConnectionDraft } from './connectionDraft.ts';
import type { ConnectionField, SecretField } from './connectionFields.ts';
import { CONNECTION_KINDS } from './connectionKinds.ts';
import { ConnectionPem } from './ConnectionPem.tsx';
import { ConnectionTls } from './ConnectionTls.tsx';

export interface ConnectionFormProps {
  readonly draft: ConnectionDraft;
  readonly onChange: (draft: ConnectionDraft) => void;
  /** Field to sentence; shown once the person tried to save. */
  readonly problems: Readonly<Record<string, string>>;
  /** What is on the server, when it is there already. */
  readonly saved: Connection | undefined;
}

/** The settings of a connection. */
export function ConnectionForm(props: ConnectionFormProps) {
  const { draft, onChange, problems, saved } = props;
  const { fields, secrets } = CONNECTION_KINDS[draft.type];
  const tls = [...fields, ...secrets].filter(({ part }) => part === 'tls').map(({ name }) => name);
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
      <Controls {...props} part={undefined} />
      {tls.length > 0 && (
        <ConnectionTls
          isUsed={tls.some((name) => draft.values[name] !== '' && draft.values[name] !== undefined)}
          hasProblem={tls.some((name) => problems[name] !== undefined)}
          key={saved?.id}
        >
          <Controls {...props} part="tls" />
        </ConnectionTls>
      )}
    </div>
  );
}

/** The fields and secrets of one part of the form. */
function Controls({
  draft,
  onChange,
  problems,
  saved,
  part,
}: ConnectionFormProps & { readonly part: 'tls' | undefined }) {
  const { fields, secrets } = CONNECTION_KINDS[draft.type];
  return (
    <>
      {fields
        .filter((field) => field.part === part)
        .map((field) => (
          <FieldControl
            key={field.name}
            field={field}
            value={draft.values[field.name]}
            onChange={(value) => onChange({ ...draft, values: { ...draft.values, [field.name]: value } })}
            error={problems[field.name]}
          />
        ))}
      {secrets
        .filter((secret) => secret.part === part)
        .map((secret) => (
          <SecretControl
            key={secret.name}
            secret={secret}
            value={draft.secrets[secret.name] ?? ''}
            onChange={(text) => onChange({ ...draft, secrets: { ...draft.secrets, [secret.name]: text } })}
            isKept={saved?.secrets.includes(secret.name) === true}
            error={problems[secret.name]}
          />
        ))}
    </>
  );
}

interface SecretControlProps {
  readonly secret: SecretField;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** The server has it already. */
  readonly isKept: boolean;
  readonly error: string | undefined;
}

function SecretControl({ secret, value, onChange, isKept, error }: SecretControlProps) {
  const shared = {
    label: secret.label,
    value,
    onChange,
    placeholder: isKept ? 'Set; write a new one to replace it' : '',
    description: `${secret.description} Kept encrypted, and never shown again.`,
    error,
  };
  if (secret.isPem === true) return <ConnectionPem {...shared} />;
  return <TextField {...shared} type="password" autoComplete="off" />;
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
    case 'pem':
      return (
        <ConnectionPem
          label={field.label}
          description={field.description}
          value={typeof value === 'string' ? value : ''}
          onChange={onChange}
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
