import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import { Play, Send, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { useLastInput } from '../debug/useWire.ts';
import { useDocument, useEditor } from '../flow/EditorContext.tsx';
import { describeNode, wiredPorts } from '../flow/describe.ts';
import { Button } from '../ui/Button.tsx';
import { Select } from '../ui/Select.tsx';
import { TextField } from '../ui/TextField.tsx';
import { parseByHand } from '../dryRun/byHand.ts';

const INTO = ' into';

/** Sends a message into the flow that runs: into the node, or out of one of its outputs. */
export function SendByHand({ node }: { readonly node: FlowNode }) {
  const { actions, catalog } = useEditor();
  const wires = useDocument(({ flow }) => flow.wires);
  const { kind, inputs, outputs } = describeNode(node, catalog, wiredPorts(wires).get(node.id));
  const [place, setPlace] = useState(inputs.length > 0 ? INTO : (outputs[0]?.name ?? INTO));
  const [payload, setPayload] = useState('{ "temperature": -12 }');
  const [device, setDevice] = useState('');
  const [topic, setTopic] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const sample = useLastInput(node.id);

  const send = () => {
    const parsed = parseByHand({ payload, device, topic });
    setProblem(parsed.ok ? undefined : parsed.sentence);
    if (parsed.ok)
      void actions.inject(node.id, { message: parsed.message, ...(place === INTO ? {} : { port: place }) });
  };
  return (
    <div className="flex flex-col gap-4">
      <p className="flex gap-2 rounded-md bg-caution-soft px-3 py-2 text-caution">
        <TriangleAlert size={16} aria-hidden="true" className="mt-0.5 shrink-0" />
        What you send here is real: it goes through the flow that runs, actions included.
      </p>
      {kind === 'source' && (
        <Button icon={<Play size={16} />} onPress={() => void actions.inject(node.id)}>
          Send now what this node sends
        </Button>
      )}
      <Select
        label="Where"
        choices={[
          ...(inputs.length > 0 ? [{ id: INTO, label: 'Into this node' }] : []),
          ...outputs.map((port) => ({
            id: port.name,
            label: `Out of “${port.title}”`,
            description: port.description,
          })),
        ]}
        value={place}
        onChange={setPlace}
      />
      <TextField label="Device (optional)" value={device} onChange={setDevice} placeholder="freezer-1" />
      <TextField
        label="Topic (optional)"
        value={topic}
        onChange={setTopic}
        placeholder="devices/freezer-1/telemetry"
        isMono
      />
      <TextField
        label="Payload"
        description="JSON, or plain text."
        error={problem}
        value={payload}
        onChange={setPayload}
        lines={6}
        isMono
      />
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" icon={<Send size={16} />} onPress={send}>
          Send message
        </Button>
        {sample !== undefined && (
          <Button
            onPress={() => {
              setPayload(JSON.stringify(sample.payload, undefined, 2));
              setDevice(sample.device ?? '');
              setTopic(sample.topic);
            }}
          >
            Take the last one
          </Button>
        )}
      </div>
    </div>
  );
}
