import type { Invitation, Person } from '@sluice/shared/protocol/people.ts';

/** From so many on, a list of people has a search. */
export const MANY_PEOPLE = 8;

/** By name, those only whose name or e-mail has every word that is searched for. */
export function listPeople(people: readonly Person[], search: string): readonly Person[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return people
    .filter(({ name, email }) => words.every((word) => `${name} ${email}`.toLowerCase().includes(word)))
    .sort((one, other) => one.name.localeCompare(other.name) || one.email.localeCompare(other.email));
}

/** Why the role of somebody cannot be changed and they cannot be taken out, as a sentence. The server decides by itself. */
export function whyStays(person: Person, people: readonly Person[]): string | undefined {
  if (person.role !== 'admin' || people.some(({ id, role }) => role === 'admin' && id !== person.id)) {
    return undefined;
  }
  return `${person.name} is the last admin here, and a workspace needs one. Make somebody else an admin first.`;
}

/** The invitation that is open for an address, however its letters are written. */
export function openFor(invitations: readonly Invitation[], email: string): Invitation | undefined {
  const wanted = email.trim().toLowerCase();
  return invitations.find((invitation) => invitation.email.toLowerCase() === wanted);
}

/** `1 person`, `12 people`. */
export function countPeople(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`;
}
