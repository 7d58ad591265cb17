import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import type { Problem } from '@sluice/shared/flow/problem.ts';
import type { Json } from '@sluice/shared/message/message.ts';
import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { ChevronRight, TriangleAlert } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { Button } from 'react-aria-components/Button';
import { Disclosure, DisclosurePanel } from 'react-aria-components/Disclosure';
import { Heading } from 'react-aria-components/Heading';
import { useLastInput } from '../debug/useWire.ts';
import { useEditor, useProblems, useSession } from '../flow/EditorContext.tsx';
import { Switch } from '../ui/Switch.tsx';
import { TextField } from '../ui/TextField.tsx';
import { ConfigField } from './ConfigField.tsx';
import { type FormField, formFields } from './formFields.ts';

export interface SetupTabProps {
  readonly node: FlowNode;
  readonly entry: CatalogEntry;
}

/** The settings of a node, as its schema and its form say. */
export function SetupTab({ node, entry }: SetupTabProps) {
  const { actions, canEdit } = useEditor();
  const problems = useProblems().filter((problem) => problem.node === node.id);
  const fields = formFields(entry, node.config);
  const place = useRef<HTMLDivElement>(null);
  useFieldFocus(node.id, place);
  const shown = new Set([...fields.main, ...fields.advanced].map(({ name }) => name));
  const others = problems.filter(
    (problem) => problem.field === undefined || !shown.has(topField(problem.field)),
  );
  return (
    <div ref={place} className="flex flex-col gap-4 p-4">
      <Notices problems={others} />
      <TextField
        label="Name"
        value={node.name ?? ''}
        onChange={(name) => actions.setNode(node.id, { name: name === '' ? null : name })}
        onBlur={actions.endGesture}
        isReadOnly={!canEdit}
        placeholder={entry.definition.title}
      />
      <Fields node={node} fields={fields.main} problems={problems} />
      {fields.advanced.length > 0 && (
        <Disclosure className="border-t border-line pt-3">
          {({ isExpanded }) => (
            <>
              <Heading className="font-medium">
                <Button
                  slot="trigger"
                  className="flex min-h-6 items-center gap-1 rounded-sm text-ink-soft data-hovered:text-ink"
                >
                  <ChevronRight size={14} className={isExpanded ? 'rotate-90' : ''} aria-hidden="true" />
                  More settings
                </Button>
              </Heading>
              <DisclosurePanel>
                <div className="flex flex-col gap-4 pt-3">
                  <Fields node={node} fields={fields.advanced} problems={problems} />
                </div>
              </DisclosurePanel>
            </>
          )}
        </Disclosure>
      )}
      <div className="border-t border-line pt-3">
        <Switch
          isSelected={node.disabled !== true}
          isDisabled={!canEdit}
          onChange={(isOn) => actions.setNode(node.id, { disabled: isOn ? null : true })}
          description="A node that is off lets nothing through."
        >
          On
        </Switch>
      </div>
    </div>
  );
}

interface FieldsProps {
  readonly node: FlowNode;
  readonly fields: readonly FormField[];
  readonly problems: readonly Problem[];
}

function Fields({ node, fields, problems }: FieldsProps) {
  const { actions, canEdit } = useEditor();
  const sample = useLastInput(node.id);
  return (
    <fieldset
      disabled={!canEdit}
      className="flex min-w-0 flex-col gap-4 disabled:[&_.bg-surface]:bg-sunken disabled:[&_.border-line-strong]:border-line"
    >
      {fields.map((field) => (
        <div key={`${node.id} ${field.name}`} data-field={field.name} className="min-w-0">
          <ConfigField
            field={field}
            value={node.config[field.name]}
            onChange={(value) =>
              actions.setConfig(node.id, withSetting(node.config, field.name, value), field.name)
            }
            onDone={actions.endGesture}
            error={problems.find((problem) => topField(problem.field ?? '') === field.name)?.sentence}
            sample={sample}
          />
        </div>
      ))}
    </fieldset>
  );
}

/** What the controls give is JSON; `undefined` takes the setting away. */
function withSetting(config: FlowNode['config'], name: string, value: unknown): Record<string, Json> {
  const { [name]: _before, ...rest } = config;
  return value === undefined ? rest : { ...config, [name]: value as Json };
}

/** `rules[2].value` is shown at `rules`. */
function topField(field: string): string {
  return field.split(/[.[]/, 1)[0] ?? '';
}

function Notices({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <ul className="flex flex-col gap-2">
      {problems.map((problem) => (
        <li key={problem.sentence} className="flex gap-2 rounded-md bg-caution-soft p-2 text-small">
          <TriangleAlert size={14} className="mt-px shrink-0 text-caution" aria-hidden="true" />
          {problem.sentence}
        </li>
      ))}
    </ul>
  );
}

/** Goes to the field that somebody asked for, as by a press on a problem. */
function useFieldFocus(node: string, place: RefObject<HTMLDivElement | null>): void {
  const request = useSession(({ focus }) => focus);
  const done = useRef(0);
  useEffect(() => {
    if (request === undefined || request.node !== node || request.field === undefined) return;
    if (done.current === request.count) return;
    done.current = request.count;
    const field = place.current?.querySelector(`[data-field="${CSS.escape(topField(request.field))}"]`);
    field?.scrollIntoView({ block: 'center' });
    field?.querySelector<HTMLElement>('input, textarea, button, [contenteditable=true]')?.focus();
  }, [node, place, request]);
}
