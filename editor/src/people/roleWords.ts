import { type Role, roleSchema } from '@sluice/shared/protocol/people.ts';
import type { Choice } from '../ui/ListItems.tsx';

interface RoleWords {
  readonly title: string;
  /** With an article, within a sentence: `Eve is an operator now.` */
  readonly one: string;
  /** What it may do, beyond those before it. */
  readonly may: string;
}

export const ROLE_WORDS: Readonly<Record<Role, RoleWords>> = {
  viewer: { title: 'Viewer', one: 'a viewer', may: 'Sees everything and changes nothing.' },
  operator: { title: 'Operator', one: 'an operator', may: 'Sees everything; starts and stops flows.' },
  integrator: {
    title: 'Integrator',
    one: 'an integrator',
    may: 'As an operator; also draws and deploys flows, and sets up connections and devices.',
  },
  deployer: {
    title: 'Deployer',
    one: 'a deployer',
    may: 'As an integrator; also sends flows to gateways.',
  },
  admin: {
    title: 'Admin',
    one: 'an admin',
    may: 'As a deployer; also decides who is in, reads the audit log, and how long things are kept.',
  },
};

/** From the least to the most, each with what it may do. */
export const ROLE_CHOICES: readonly Choice[] = roleSchema.options.map((role) => ({
  id: role,
  label: ROLE_WORDS[role].title,
  description: ROLE_WORDS[role].may,
}));
