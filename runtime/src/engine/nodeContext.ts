import type { Json } from '@sluice/shared/message/message.ts';
import type { NodeContext, Timers } from '@sluice/shared/node/context.ts';
import type { KeyedState } from '@sluice/shared/node/context.ts';
import type { Expressions } from './expressions.ts';
import { compileValue } from '@sluice/shared/message/compileValue.ts';
import type { FlowNotices } from './notices.ts';
import type { Plan, PlannedNode } from './plan.ts';
import type { Shell } from './shell.ts';

export interface NodeParts {
  readonly plan: Plan;
  readonly node: PlannedNode;
  readonly shell: Shell;
  readonly program: NodeContext['program'];
  readonly state: KeyedState<Json>;
  readonly timers: Timers;
  readonly expressions: Expressions;
  readonly notices: FlowNotices;
}

/** All that one node may use (EN11). */
export function createNodeContext(parts: NodeParts): NodeContext {
  const { plan, node, shell, notices } = parts;
  const where = { flow: plan.flow.id, node: node.id };
  return {
    workspace: shell.workspace,
    flow: plan.flow,
    node: { id: node.id, name: node.name },
    clock: shell.clock,
    newId: () => shell.newId(),
    state: parts.state,
    timers: parts.timers,
    evaluator: (value) => compileValue(value, parts.expressions.reader),
    connection: (type, id) => shell.connection(type, id),
    program: parts.program,
    http: shell.http,
    devices: shell.devices,
    reportAlarms: (reports) => shell.reportAlarms(plan.flow.id, node.id, reports),
    debug: (message, label) => notices.say({ kind: 'debug', ...where, label, message }),
    log: (text) => notices.say({ kind: 'log', ...where, text }),
    status: (status) => notices.say({ kind: 'status', ...where, status }),
    after: (ms, run) => shell.scheduler.after(ms, run),
  };
}
