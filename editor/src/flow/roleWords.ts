/** On the page of who may look at a flow and not change it. */
export const LOOK_ONLY = 'You can look, not change';

/** Who can, for the sentence after it. */
export const WHO_CHANGES =
  'Integrators, deployers and admins change and deploy flows. Ask an admin of this workspace for the role of an integrator.';

export const WHO_RUNS =
  'Operators, and all roles above them, start and stop flows. Ask an admin of this workspace for the role of an operator.';
