import { Fragment, type ReactNode } from 'react';
import { type Block, inlineParts, markdownBlocks } from './helpPage.ts';

/** Help pages: headings, paragraphs, lists, tables and code. Never HTML. */
export function Markdown({ text }: { readonly text: string }) {
  return (
    <div className="flex flex-col gap-3">
      {markdownBlocks(text).map((block, index) => (
        <Fragment key={index}>{drawBlock(block)}</Fragment>
      ))}
    </div>
  );
}

function drawBlock(block: Block): ReactNode {
  switch (block.kind) {
    case 'heading':
      return block.level === 1 ? (
        <h2 className="text-operator font-semibold">{block.text}</h2>
      ) : (
        <h3 className="pt-1 font-medium">{block.text}</h3>
      );
    case 'paragraph':
      return <p className="text-ink-soft">{inline(block.text)}</p>;
    case 'list':
      return (
        <ul className="flex list-disc flex-col gap-1 pl-4 text-ink-soft">
          {block.items.map((item) => (
            <li key={item}>{inline(item)}</li>
          ))}
        </ul>
      );
    case 'code':
      return <pre className="overflow-auto rounded-md bg-sunken p-2 font-mono text-small">{block.text}</pre>;
    case 'table':
      return (
        <dl className="flex flex-col gap-2">
          {block.rows.map(([term = '', ...rest]) => (
            <div key={term}>
              <dt>{inline(term)}</dt>
              <dd className="text-ink-soft">{inline(rest.join(' — '))}</dd>
            </div>
          ))}
        </dl>
      );
  }
}

function inline(text: string): ReactNode {
  return inlineParts(text).map((part, index) => {
    if (part.kind === 'code') {
      return (
        <code key={index} className="rounded-sm bg-sunken px-1 font-mono text-small text-ink">
          {part.text}
        </code>
      );
    }
    return part.kind === 'strong' ? (
      <strong key={index} className="font-medium text-ink">
        {part.text}
      </strong>
    ) : (
      <Fragment key={index}>{part.text}</Fragment>
    );
  });
}
