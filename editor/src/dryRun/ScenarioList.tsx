import { EllipsisVertical, ListChecks } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { IconButton } from '../ui/IconButton.tsx';
import { Menu } from '../ui/Menu.tsx';
import { TextField } from '../ui/TextField.tsx';
import { ScenarioOutcomeLine } from './ScenarioOutcomeLine.tsx';
import { isSameWork } from './sample.ts';
import { useTests } from './useTests.ts';

/** The scenarios that are saved with the flow: to run, look into, rename and delete. */
export function ScenarioList() {
  const tests = useTests();
  const scenarios = useDocument(({ flow }) => flow.scenarios);
  const outcomes = useStore(tests, (state) => state.outcomes);
  return (
    <section aria-label="Scenarios" className="flex flex-col gap-2 border-t border-line pt-4">
      <div className="flex items-center justify-between gap-2">
        <h3 className="font-medium">Scenarios</h3>
        {scenarios.length > 0 && (
          <Button
            size="small"
            icon={<ListChecks size={14} aria-hidden="true" />}
            isPending={outcomes?.kind === 'running'}
            onPress={() => void tests.runScenarios()}
          >
            Run all
          </Button>
        )}
      </div>
      {scenarios.length === 0 && (
        <p className="text-ink-soft">
          None yet. Try the draft on a sample message and keep that as a scenario: it is run before each
          deploy.
        </p>
      )}
      {outcomes?.kind === 'failed' && (
        <p role="alert" className="text-danger">
          {outcomes.sentence}
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {scenarios.map((scenario, index) => (
          // A flow file may have two of one name.
          <ScenarioItem key={`${index} ${scenario.name}`} name={scenario.name} index={index} />
        ))}
      </ul>
    </section>
  );
}

function ScenarioItem({ name, index }: { readonly name: string; readonly index: number }) {
  const { canEdit } = useEditor();
  const tests = useTests();
  const flow = useDocument((state) => state.flow);
  const outcomes = useStore(tests, (state) => state.outcomes);
  const [newName, setNewName] = useState<string>();
  const isOfThis =
    outcomes?.kind === 'done' &&
    isSameWork(outcomes.flow, flow) &&
    outcomes.flow.scenarios[index] === flow.scenarios[index];
  const outcome = isOfThis ? outcomes.list[index] : undefined;
  const finishRename = () => {
    if (newName !== undefined && newName.trim() !== '' && newName !== name) tests.rename(index, newName);
    setNewName(undefined);
  };
  return (
    <li className="flex items-start gap-1 rounded-md border border-line py-1.5 pr-1 pl-3">
      <div className="min-w-0 flex-1 py-1">
        {newName === undefined ? (
          <ScenarioOutcomeLine name={name} outcome={outcome} />
        ) : (
          <TextField
            label="New name"
            isLabelHidden
            autoFocus
            value={newName}
            onChange={setNewName}
            onBlur={finishRename}
            onKeyDown={(event) => {
              if (event.key === 'Enter') finishRename();
              if (event.key === 'Escape') setNewName(undefined);
            }}
            maxLength={190}
          />
        )}
      </div>
      <Menu
        label={`Scenario ${name}`}
        placement="bottom end"
        trigger={
          <IconButton
            size="small"
            icon={<EllipsisVertical size={16} />}
            label={`What to do with ${name}`}
            hasTooltip={false}
          />
        }
        groups={[
          {
            id: 'look',
            actions: [
              { id: 'open', label: 'Take its messages as samples', onAction: () => tests.open(index) },
              ...(canEdit
                ? [
                    {
                      id: 'accept',
                      label: 'Expect what happens now',
                      onAction: () => void tests.accept(index),
                    },
                    { id: 'rename', label: 'Rename', onAction: () => setNewName(name) },
                  ]
                : []),
            ],
          },
          ...(canEdit
            ? [
                {
                  id: 'end',
                  actions: [
                    {
                      id: 'delete',
                      label: 'Delete',
                      isDanger: true,
                      onAction: () => tests.removeScenario(index),
                    },
                  ],
                },
              ]
            : []),
        ]}
      />
    </li>
  );
}
