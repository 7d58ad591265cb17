import { ERROR_PORT } from '@sluice/shared/node/defineNode.ts';
import { Handle as PortDot, type NodeProps, Position } from '@xyflow/react';
import { OctagonAlert, Plus, TriangleAlert } from 'lucide-react';
import { memo, useRef } from 'react';
import { useStore } from 'zustand';
import { count } from '../flow/count.ts';
import { useEditor, useLive } from '../flow/EditorContext.tsx';
import { STRIPS } from '../palette/categoryLook.ts';
import { NodeIcon } from '../palette/NodeIcon.tsx';
import { classes } from '../ui/classes.ts';
import { useNodeTrace } from '../trace/useTraceLook.ts';
import { useCanvasStore } from './canvasState.ts';
import { FOOT_HEIGHT, HEAD_HEIGHT, type PlacedPort, SENTENCE_LINE } from './geometry.ts';
import { LiveFoot } from './LiveFoot.tsx';
import type { CanvasNode, StepContent } from './toCanvas.ts';
import { useFocusWhenAsked } from './useFocusWhenAsked.ts';

/** One step of the flow: what it is, what it does, what came out of it last. */
export const StepNode = memo(function StepNode({ id, data, selected }: NodeProps<CanvasNode>) {
  const { description, shape } = data.picture;
  const card = useRef<HTMLDivElement>(null);
  const isMisfit = useStore(useCanvasStore(), (state) => state.misfits.has(id) && state.open?.end[0] !== id);
  const trace = useNodeTrace(id);
  useFocusWhenAsked(id, card);
  return (
    <div
      ref={card}
      className={classes(
        'step',
        selected && 'is-selected',
        isMisfit && 'is-misfit',
        data.isDisabled && 'is-off',
        trace !== 'plain' && `is-trace-${trace}`,
      )}
      style={{ width: shape.width, height: shape.height }}
    >
      <span
        className={classes(
          'strip',
          description.category === undefined ? 'bg-danger' : STRIPS[description.category],
        )}
      />
      <div className="flex items-center gap-2 pr-2.5 pl-3.5 text-ink-soft" style={{ height: HEAD_HEIGHT }}>
        <NodeIcon name={description.icon} />
        <span className="min-w-0 flex-1 truncate font-medium text-ink">{description.name}</span>
        <span className="text-small text-ink-faint tabular-nums">{data.step}</span>
      </div>
      <p
        className={classes('sentence', description.isSetUp ? 'text-ink-soft' : 'text-ink-faint')}
        style={{ height: shape.sentenceLines * SENTENCE_LINE }}
        title={description.sentence}
      >
        {description.sentence}
      </p>
      <Ports id={id} content={data} />
      <div
        className="absolute inset-x-0 bottom-0 flex items-center justify-between gap-2 border-t border-line pr-2.5 pl-3.5 text-small"
        style={{ height: FOOT_HEIGHT }}
      >
        {data.isDisabled ? (
          <span className="text-ink-faint">Switched off</span>
        ) : (
          <LiveFoot node={id} watched={data.watched} empty="No messages yet" />
        )}
      </div>
      <Badges id={id} content={data} />
    </div>
  );
});

function Ports({ id, content }: { readonly id: string; readonly content: StepContent }) {
  const { ports } = content.picture.shape;
  const outputs = ports.filter(({ side, port }) => side === 'output' && port.name !== ERROR_PORT.name);
  const inputs = ports.filter(({ side }) => side === 'input');
  return ports.map((placed) => (
    <Port
      key={`${placed.side} ${placed.port.name}`}
      id={id}
      placed={placed}
      isWired={content.wiredOutputs.includes(placed.port.name)}
      isNamed={
        (placed.side === 'output' ? outputs : inputs).length > 1 && placed.port.name !== ERROR_PORT.name
      }
    />
  ));
}

interface PortProps {
  readonly id: string;
  readonly placed: PlacedPort;
  readonly isWired: boolean;
  readonly isNamed: boolean;
}

function Port({ id, placed, isWired, isNamed }: PortProps) {
  const { canEdit } = useEditor();
  const { port, side, x, y } = placed;
  const isError = port.name === ERROR_PORT.name && side === 'output';
  return (
    <>
      {isNamed && (
        <span className={classes('port-name', side)} style={{ top: y }}>
          {port.title}
        </span>
      )}
      <PortDot
        id={port.name}
        type={side === 'input' ? 'target' : 'source'}
        position={side === 'input' ? Position.Left : Position.Right}
        className={classes('port', isError && 'is-error', isWired && 'is-wired')}
        style={{ left: x, top: y }}
        title={`${port.title}: ${port.description}`}
        data-port={port.name}
      />
      {canEdit && side === 'output' && !isWired && !isError && (
        <AddButton id={id} port={port.name} title={port.title} y={y} />
      )}
    </>
  );
}

interface AddButtonProps {
  readonly id: string;
  readonly port: string;
  readonly title: string;
  readonly y: number;
}

/** The "+" beside an output: adds a node there and wires it. By the keyboard `/` does the same, so it takes no focus. */
function AddButton({ id, port, title, y }: AddButtonProps) {
  const { session } = useEditor();
  return (
    <button
      type="button"
      tabIndex={-1}
      className="add-here nodrag nopan"
      style={{ top: y }}
      aria-label={`Add a node after ${title}`}
      onClick={(event) => {
        event.stopPropagation();
        const box = event.currentTarget.getBoundingClientRect();
        session.open({
          kind: 'add',
          request: {
            from: { side: 'output', end: [id, port] },
            screen: { x: box.right + 8, y: box.top - 8 },
          },
        });
      }}
    >
      <Plus size={14} aria-hidden="true" />
    </button>
  );
}

/** What is wrong with the node: in its settings, and with messages while it runs. Shape, colour and text; a click goes there. */
function Badges({ id, content }: { readonly id: string; readonly content: StepContent }) {
  const { actions, session } = useEditor();
  const failed = useLive((state) => state.errors[id] ?? 0);
  const { problems } = content;
  const worst = problems.find((problem) => problem.severity === 'error') ?? problems[0];
  if (worst === undefined && failed === 0) return null;
  return (
    <div className="badges">
      {worst !== undefined && (
        <Badge
          isError={worst.severity === 'error'}
          title={problems.map((problem) => problem.sentence).join('\n')}
          text={
            problems.length === 1 ? (worst.severity === 'error' ? 'To fix' : 'Check') : `${problems.length}`
          }
          onClick={() => actions.goTo(id, worst.field)}
        />
      )}
      {failed > 0 && (
        <Badge
          isError
          title={`${count(failed, 'message')} failed here since the flow started. Look at the failed messages below.`}
          text={`${failed > 999 ? '999+' : failed} failed`}
          onClick={() => session.set({ isDockOpen: true, dockTab: 'failed' })}
        />
      )}
    </div>
  );
}

interface BadgeProps {
  readonly isError: boolean;
  readonly text: string;
  readonly title: string;
  readonly onClick: () => void;
}

/** By the keyboard the list of problems and the failed messages lead to the same, so it takes no focus. */
function Badge({ isError, text, title, onClick }: BadgeProps) {
  const Shape = isError ? OctagonAlert : TriangleAlert;
  return (
    <button
      type="button"
      tabIndex={-1}
      title={title}
      onClick={onClick}
      className={classes(
        'badge nodrag nopan',
        isError ? 'bg-danger-soft text-danger' : 'bg-caution-soft text-caution',
      )}
    >
      <Shape size={12} aria-hidden="true" />
      {text}
    </button>
  );
}
