import { catalog } from '@sluice/nodes/catalog.ts';
import type { Deployment } from '@sluice/shared/protocol/http.ts';
import type { CarriedState, ScenarioOutcome } from '@sluice/shared/protocol/running.ts';
import { describe, expect, it } from 'vitest';
import { createFlowTests } from '../dryRun/flowTests.ts';
import type { Answered } from '../dryRun/testServer.ts';
import { AUTOSAVE_MS } from '../state/document.ts';
import { type FakeServer, fakeServer, fakeTime, resourceOf, smallFlow } from '../state/testing.ts';
import type { Asked, EditorServer } from './editor.ts';
import { layoutBoxes } from './layoutBoxes.ts';
import { openEditor } from './openEditor.ts';

interface Answers {
  carried: Asked<readonly CarriedState[]>;
  trace: Asked<null>;
  scenarios: Answered<readonly ScenarioOutcome[]>;
  deploy: Asked<Deployment>;
}

function serverOf(drafts: FakeServer, answers: Answers): EditorServer & { readonly asked: string[] } {
  const asked: string[] = [];
  const deployment = (what: string): Promise<Asked<Deployment>> => {
    asked.push(what);
    return Promise.resolve(answers.deploy);
  };
  return {
    asked,
    save: (id, revision, flow) => drafts.save(id, revision, flow),
    deploy: (revision, note, reset) => deployment(['deploy', revision, note, ...reset].join(' ')),
    carried: () => Promise.resolve(answers.carried),
    runVersion: (version) => deployment(`run ${version}`),
    stop: () => deployment('stop'),
    start: () => deployment('start'),
    version: () => Promise.resolve({ ok: true, value: { ...smallFlow(), name: 'As it was', wires: [] } }),
    copy: (name) => Promise.resolve({ ok: true, value: { ...resourceOf(smallFlow()), id: 'copy', name } }),
    remove: () => Promise.resolve({ ok: true, value: null }),
    inject: () => Promise.resolve({ ok: false, code: 'not-found', sentence: 'The flow does not run.' }),
    startTrace: ({ node = '', device = '' }) => {
      asked.push(`trace ${node} ${device}`);
      return Promise.resolve(answers.trace);
    },
    pause: () => Promise.resolve({ ok: true }),
    dryRun: () => Promise.resolve({ ok: false, sentence: 'Not here.' }),
    runScenarios: () => Promise.resolve(answers.scenarios),
    recentInputs: () => Promise.resolve({ ok: true, value: [] }),
  };
}

function open(state: Deployment['state'] = 'running', canEdit = true) {
  const time = fakeTime();
  const drafts = fakeServer(resourceOf(smallFlow()));
  const answers: Answers = {
    carried: { ok: true, value: [] },
    trace: { ok: true, value: null },
    scenarios: { ok: true, value: [] },
    deploy: { ok: true, value: { flow: 'flow', version: 4, state, sentence: 'It says why.', since: 0 } },
  };
  const server = serverOf(drafts, answers);
  const said: string[] = [];
  let next = 0;
  const { editor, problems, close } = openEditor(drafts.stored, {
    server,
    catalog,
    time,
    kept: { read: () => null, write: () => {} },
    notices: { success: (sentence) => said.push(sentence), error: (sentence) => said.push(sentence) },
    newId: (type) => `${type}-${(next += 1)}`,
    layout: (request) => Promise.resolve(layoutBoxes(request)),
    canEdit,
    canRun: canEdit,
  });
  const flow = () => editor.document.getState().flow;
  const node = (id: string) => flow().nodes.find((other) => other.id === id);
  return { ...editor, time, drafts, server, answers, said, problems, close, flow, node };
}

describe('what a person can do to the drawing', () => {
  it('[add after an output] puts the node beside, wires it, selects it, and is one step to undo', () => {
    const { actions, flow, node, history, session } = open();
    const before = flow();
    const id = actions.addNode('debug', { from: { side: 'output', end: ['to', 'out'] } });
    expect(node(id)?.position.x).toBeGreaterThan(node('to')?.position.x ?? 0);
    expect(flow().wires.at(-1)).toEqual({ from: ['to', 'out'], to: [id, 'in'] });
    expect(session.getState().selection.nodes).toEqual([id]);
    expect(history.getState().past.map(({ label }) => label)).toEqual(['Add Debug']);
    actions.undo();
    expect(flow()).toEqual(before);
  });

  it('[add after an output] never covers a node that is there', () => {
    const { actions, node } = open();
    const first = node(actions.addNode('debug', { from: { side: 'output', end: ['in', 'out'] } }));
    const second = node(actions.addNode('debug', { from: { side: 'output', end: ['in', 'out'] } }));
    const tops = [node('hot')?.position.y ?? 0, first?.position.y ?? 0, second?.position.y ?? 0];
    expect(new Set(tops).size).toBe(3);
    expect(
      Math.min(Math.abs((tops[1] ?? 0) - (tops[0] ?? 0)), Math.abs((tops[2] ?? 0) - (tops[1] ?? 0))),
    ).toBeGreaterThan(90);
  });

  it('[connect] a wire that cannot be is not drawn, and the reason is said', () => {
    const { actions, flow, said } = open();
    const before = flow();
    actions.connect(['to', 'out'], ['hot', 'in']);
    expect(flow()).toBe(before);
    expect(said[0]).toContain('loop');
  });

  it('[one entry a gesture] arrow keys that follow one another are one move', () => {
    const { actions, history, node, session } = open();
    session.select({ nodes: ['hot', 'to'] });
    actions.nudge(1, 0);
    actions.nudge(1, 0);
    actions.nudge(0, 1);
    expect(node('hot')?.position).toEqual({ x: 320, y: 8 });
    expect(history.getState().past.map(({ label }) => label)).toEqual(['Move 2 nodes']);
    actions.undo();
    expect(node('hot')?.position).toEqual({ x: 304, y: 0 });
  });

  it('[delete] takes away what is selected, nodes and wires, in one step', () => {
    const { actions, flow, session, history } = open();
    session.select({ nodes: ['to'], wires: ['in.out>hot.in'] });
    actions.removeSelection();
    expect(flow().nodes).toHaveLength(2);
    expect(flow().wires).toEqual([]);
    expect(session.getState().selection).toEqual({ nodes: [], wires: [] });
    actions.undo();
    expect(flow().wires).toHaveLength(2);
    expect(history.getState().past).toEqual([]);
  });

  it('[copy, paste, duplicate] pastes twice without one lying on the other; other text is left to the browser', () => {
    const { actions, flow, session } = open();
    session.select({ nodes: ['hot'] });
    const text = actions.copySelection() ?? '';
    expect(actions.paste(text)).toBe(true);
    expect(actions.paste(text)).toBe(true);
    actions.duplicateSelection();
    const places = flow().nodes.map(({ position }) => `${position.x} ${position.y}`);
    expect(new Set(places).size).toBe(6);
    expect(actions.paste('just words')).toBe(false);
    session.select({});
    expect(actions.copySelection()).toBeUndefined();
  });

  it('[tidy] is one step to undo, and leaves notes where they are', async () => {
    const { actions, node, flow } = open();
    const note = actions.addNode('comment', { at: { x: 800, y: 800 } });
    actions.moveNodes({ hot: { x: 10, y: 400 }, to: { x: 0, y: 300 } });
    const before = flow();
    await actions.tidy();
    expect([node('in')?.position.y, node('hot')?.position.y]).toEqual([
      node('to')?.position.y,
      node('to')?.position.y,
    ]);
    expect(node(note)?.position).toEqual({ x: 800, y: 800 });
    actions.undo();
    expect(flow()).toEqual(before);
  });

  it('[align] lines up what is selected', () => {
    const { actions, node, session } = open();
    actions.moveNodes({ hot: { x: 304, y: 64 } });
    session.select({ nodes: ['in', 'hot'] });
    actions.align('top');
    expect(node('hot')?.position).toEqual({ x: 304, y: 0 });
    actions.align('left');
    expect(node('hot')?.position).toEqual({ x: 0, y: 0 });
  });

  it('[who may only look] changes nothing, whatever they do', () => {
    const { actions, flow, session } = open('running', false);
    const before = flow();
    session.select({ nodes: ['hot'] });
    actions.removeSelection();
    actions.addNode('debug');
    actions.setConfig('hot', { limit: 1 }, 'limit');
    expect(flow()).toBe(before);
  });

  it('[rename] an empty name is no name', () => {
    const { actions, flow } = open();
    actions.rename('');
    expect(flow().name).toBe('Freezer too warm');
    actions.rename('Too warm');
    expect(flow().name).toBe('Too warm');
  });
});

describe('problems while drawing', () => {
  it('[plain words] come and go with the draft', () => {
    const { actions, problems } = open();
    expect(problems.getState().list.filter(({ severity }) => severity === 'error')).toEqual([]);
    actions.setConfig('hot', { limit: 'high' }, 'limit');
    expect(problems.getState().list).toContainEqual(
      expect.objectContaining({ node: 'hot', field: 'limit', severity: 'error' }),
    );
    actions.undo();
    expect(problems.getState().list.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('[plain words] nothing is said of connections before they are known', () => {
    const { actions, problems } = open();
    const id = actions.addNode('mqtt-out', { config: { connection: 'plant' } });
    const about = () => problems.getState().list.filter(({ code }) => code === 'node.unknown-connection');
    expect(about()).toEqual([]);
    problems.setConnections(new Map());
    expect(about()).toMatchObject([{ node: id }]);
    problems.setConnections(new Map([['plant', 'mqtt']]));
    expect(about()).toEqual([]);
  });

  it('[what only the server finds] stays until the node that it is about changes', () => {
    const { actions, problems } = open();
    const sentence = 'Line 3: a bracket is missing.';
    problems.addFromServer([{ severity: 'error', code: 'code.syntax', node: 'to', field: 'code', sentence }]);
    const isThere = () => problems.getState().list.some((problem) => problem.sentence === sentence);
    actions.moveNodes({ hot: { x: 0, y: 80 } });
    expect(isThere()).toBe(true);
    actions.setNode('to', { name: 'Mended' });
    expect(isThere()).toBe(false);
  });
});

describe('deploy', () => {
  it('[deploy] saves first, deploys that revision, and knows then that the draft is what runs', async () => {
    const { actions, server, said, document } = open();
    actions.rename('Too warm');
    expect(await actions.deploy('For the night')).toBe(true);
    expect(server.asked).toEqual(['deploy 2 For the night']);
    expect(said).toEqual(['Version 4 runs.']);
    expect(document.getState().about).toMatchObject({
      changed: false,
      deployment: { version: 4, state: 'running' },
    });
  });

  it('[EN12] deploys at once, and asks first where timers run or something would be forgotten', async () => {
    const { actions, answers, server, session, document } = open();
    await actions.deployOrReview();
    const hot: CarriedState = { node: 'hot', name: 'Threshold', keys: 1, timers: 2, fate: 'kept' };
    answers.carried = { ok: true, value: [hot] };
    actions.rename('Too warm');
    await actions.deployOrReview();
    expect(session.getState().overlay).toEqual({ kind: 'deploy' });
    expect(document.getState().about.revision).toBe(2);
    await actions.deploy('', ['hot']);
    answers.carried = { ok: false, sentence: 'Sluice does not answer.', problems: [] };
    await actions.deployOrReview();
    expect(server.asked).toEqual(['deploy 1 ', 'deploy 2  hot', 'deploy 2 ']);
  });

  it('[deploy] runs the scenarios of the draft first, and asks where one fails or they cannot be run', async () => {
    const { actions, answers, server, session, history, tests } = open();
    const scenario = { name: 'Warm', input: [], expect: [], runFor: '0s' };
    history.edit({ kind: 'setScenarios', scenarios: [scenario] }, { label: 'Keep' });
    answers.scenarios = { ok: true, value: [{ name: 'Warm', isPassed: true, differences: [] }] };
    await actions.deployOrReview();
    expect([server.asked, session.getState().overlay]).toEqual([['deploy 2 '], undefined]);
    answers.scenarios = {
      ok: true,
      value: [{ name: 'Warm', isPassed: false, differences: ['Nothing came.'] }],
    };
    await actions.deployOrReview();
    expect([server.asked.length, session.getState().overlay]).toEqual([1, { kind: 'deploy' }]);
    // The review that opens knows what came of them.
    expect(tests(createFlowTests).getState().outcomes).toMatchObject({
      kind: 'done',
      list: answers.scenarios.value,
    });
    session.closeOverlay();
    answers.scenarios = { ok: false, sentence: 'Sluice does not answer.' };
    await actions.deployOrReview();
    expect([server.asked.length, session.getState().overlay]).toEqual([1, { kind: 'deploy' }]);
  });

  it('[deploy] a draft that cannot be saved is not deployed, and the reason is said', async () => {
    const { actions, drafts, server, said } = open();
    drafts.isAway = true;
    actions.rename('Too warm');
    expect(await actions.deploy('')).toBe(false);
    expect(server.asked).toEqual([]);
    expect(said[0]).toContain('Sluice does not answer.');
  });

  it('[deploy] what the server finds wrong is listed, what does not start says why', async () => {
    const { actions, answers, said, problems } = open('failed');
    expect(await actions.deploy('')).toBe(false);
    expect(said).toEqual(['It says why.']);
    const problem = { severity: 'error', code: 'code.syntax', node: 'hot', sentence: 'Line 1.' } as const;
    answers.deploy = { ok: false, sentence: 'The flow has problems.', problems: [problem] };
    expect(await actions.deploy('')).toBe(false);
    expect(problems.getState().list).toContainEqual(problem);
  });

  it('[go back] an older version runs again and the draft stays; or becomes the draft, which can be undone', async () => {
    const { actions, server, flow, document } = open();
    const before = flow();
    expect(await actions.runVersion(2)).toBe(true);
    expect(server.asked).toEqual(['run 2']);
    expect(flow()).toBe(before);
    expect(document.getState().about.changed).toBe(true);
    await actions.restoreVersion(2);
    expect(flow()).toMatchObject({ id: 'flow', name: 'As it was', wires: [] });
    actions.undo();
    expect(flow()).toMatchObject({ name: 'Freezer too warm' });
    expect(flow().wires).toHaveLength(2);
  });

  it('[stale] load theirs takes the newest, and forgets what could be undone', async () => {
    const { actions, drafts, time, flow, history } = open();
    drafts.stored = resourceOf({ ...smallFlow(), name: 'Theirs' }, 5, 'Bob');
    actions.rename('Mine');
    await time.pass(AUTOSAVE_MS);
    actions.loadTheirs();
    expect(flow().name).toBe('Theirs');
    expect(history.getState().past).toEqual([]);
  });

  it('[inject] an answer of no is said', async () => {
    const { actions, said } = open();
    expect(await actions.inject('in')).toBe(false);
    expect(said).toEqual(['The flow does not run.']);
  });

  it('[trace] waits for the message in the dock; an answer of no is said, and nothing is waited for', async () => {
    const { actions, answers, server, said, session, traces } = open();
    const asking = actions.trace({ node: 'in', device: 'f1' });
    // Its message may come before the answer, and one that came before the question is not traced.
    expect(traces.getState()).toMatchObject({ waiting: { device: 'f1' }, isAwaited: false });
    await asking;
    expect(traces.getState().isAwaited).toBe(true);
    expect(server.asked).toEqual(['trace in f1']);
    expect([traces.getState().waiting, session.getState().dockTab]).toEqual([
      { node: 'in', device: 'f1' },
      'trace',
    ]);
    answers.trace = { ok: false, sentence: 'The flow does not run.', problems: [] };
    await actions.trace({});
    expect([traces.getState().waiting, said.at(-1)]).toEqual([undefined, 'The flow does not run.']);
  });

  it('[close] saves what is unsaved', async () => {
    const { actions, close, drafts, time } = open();
    actions.rename('Last words');
    close();
    await time.pass(0);
    expect(drafts.taken.map(({ name }) => name)).toEqual(['Last words']);
  });
});
