import { useQuery } from '@tanstack/react-query';
import { connectionsQuery } from '../state/remoteQueries.ts';
import { Select } from '../ui/Select.tsx';
import { type ControlProps, textsOf, textValue } from './field.ts';

/** Which of the connections of the right type. */
export function ConnectionField(props: ControlProps) {
  const { data: connections = [] } = useQuery(connectionsQuery);
  const fitting = connections.filter((one) => one.type === props.field.meta.connectionType);
  const { label, description, error } = textsOf(props);
  const chosen = textValue(props);
  return (
    <div className="flex flex-col gap-1">
      <Select
        label={label}
        description={fitting.length === 0 ? 'There is none of this type yet. Make one first.' : description}
        error={error}
        choices={fitting.map((one) => ({ id: one.id, label: one.name, description: addressOf(one.config) }))}
        value={fitting.some(({ id }) => id === chosen) ? chosen : null}
        onChange={props.onChange}
        onBlur={props.onDone}
        placeholder="Choose a connection…"
      />
      <a
        href="/connections"
        target="_blank"
        rel="noreferrer"
        className="self-start text-small text-accent-text underline"
      >
        Connections
      </a>
    </div>
  );
}

function addressOf(config: Readonly<Record<string, unknown>>): string | undefined {
  const address = config['url'] ?? config['host'];
  return typeof address === 'string' ? address : undefined;
}
