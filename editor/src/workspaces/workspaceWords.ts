import type { WorkspaceSummary } from '@sluice/shared/protocol/workspaces.ts';
import { countPeople } from '../people/peopleList.ts';
import { counted } from '../ui/formatValue.ts';

/** `3 people · 12 flows, 2 running` */
export function contentsOf({ people, flows, running }: WorkspaceSummary): string {
  const run = flows === 0 ? '' : `, ${running === 0 ? 'none' : running.toLocaleString('en')} running`;
  return `${countPeople(people)} · ${counted(flows, 'flow')}${run}`;
}

/** What goes when it is deleted, as a sentence. */
export function whatGoes({ people, flows, running }: WorkspaceSummary): string {
  const run =
    running === 0
      ? ''
      : running === 1
        ? ', of which 1 runs and is stopped'
        : `, of which ${running} run and are stopped`;
  return `Its ${counted(flows, 'flow')}${run}, with all versions, state and failed messages, its devices, its connections and their secrets are deleted, and ${people === 1 ? 'the one person in it loses' : `the ${people} people in it lose`} it at once. That cannot be undone.`;
}

/** What new keys came to, as a sentence. */
export function rotatedWords({ workspaces, secrets }: { workspaces: number; secrets: number }): string {
  const sealed =
    secrets === 0
      ? 'There was no secret to seal anew.'
      : `${counted(secrets, 'secret')} ${secrets === 1 ? 'was' : 'were'} sealed anew.`;
  return `${counted(workspaces, 'workspace')} ${workspaces === 1 ? 'has a new key' : 'have new keys'}. ${sealed}`;
}
