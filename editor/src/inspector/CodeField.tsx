import { lazy, Suspense } from 'react';
import { Group } from 'react-aria-components/Group';
import { useEditor } from '../flow/EditorContext.tsx';
import { Spinner } from '../ui/Spinner.tsx';
import { type ControlProps, textsOf, textValue } from './field.ts';

const CodeEditor = lazy(() => import('./CodeEditor.tsx'));

/** Code, in an editor that is loaded when the first one is shown. */
export function CodeField(props: ControlProps) {
  const { canEdit } = useEditor();
  const { label, description, error } = textsOf(props);
  return (
    <Group aria-label={label} className="flex flex-col gap-1">
      <span className="font-medium">{label}</span>
      <Suspense fallback={<Spinner label="Loading the code editor" size={16} />}>
        <CodeEditor
          label={label}
          text={textValue(props)}
          language={props.field.meta.language ?? 'javascript'}
          onChange={props.onChange}
          onBlur={props.onDone}
          isReadOnly={!canEdit}
        />
      </Suspense>
      <p className="text-small text-ink-soft">{description}</p>
      {error !== undefined && <p className="text-small text-danger">{error}</p>}
    </Group>
  );
}
