import { nodeExamples } from '@sluice/nodes/examples.ts';
import type { FlowNode } from '@sluice/shared/flow/flow.ts';
import type { JsonObject } from '@sluice/shared/message/message.ts';
import type { CatalogEntry } from '@sluice/shared/node/catalog.ts';
import { useQuery } from '@tanstack/react-query';
import { useEditor } from '../flow/EditorContext.tsx';
import { Button } from '../ui/Button.tsx';
import { Markdown } from './Markdown.tsx';

const PAGES = import.meta.glob<string>('../../../nodes/src/*/README.md', {
  query: '?raw',
  import: 'default',
});

/** The help page of a node type, and its examples to take over. */
export function HelpTab({ node, entry }: { readonly node: FlowNode; readonly entry: CatalogEntry }) {
  const { actions } = useEditor();
  const { type } = entry.definition;
  const examples = nodeExamples.get(type) ?? [];
  const page = useQuery({
    queryKey: ['help', type],
    queryFn: () => PAGES[`../../../nodes/src/${type}/README.md`]?.() ?? '',
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="flex flex-col gap-4 p-4">
      {page.data !== undefined && <Markdown text={page.data} />}
      {examples.length > 0 && (
        <section className="flex flex-col gap-2 border-t border-line pt-4">
          <h3 className="font-medium">Settings to start from</h3>
          {examples.map((example) => (
            <div key={example.name} className="flex items-center justify-between gap-3">
              <span>{example.name}</span>
              <Button
                size="small"
                onPress={() => actions.setConfig(node.id, example.config as JsonObject, 'example')}
              >
                Use
              </Button>
            </div>
          ))}
        </section>
      )}
    </div>
  );
}
