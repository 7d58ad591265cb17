/** The parts of Markdown that help pages use. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly text: string }
  /** Without its head: help pages say in their headings what a table is about. */
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] };

export interface InlinePart {
  readonly kind: 'text' | 'code' | 'strong';
  readonly text: string;
}

/** Splits a page into blocks. */
export function markdownBlocks(page: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = page.split('\n');
  for (let at = 0; at < lines.length; ) {
    const { block, next } = readBlock(lines, at);
    if (block !== undefined) blocks.push(block);
    at = next;
  }
  return blocks;
}

function readBlock(lines: readonly string[], at: number): { block: Block | undefined; next: number } {
  const line = lines[at] ?? '';
  if (line.trim() === '') return { block: undefined, next: at + 1 };
  const heading = /^(#+)\s+(.*)$/.exec(line);
  if (heading !== null) {
    return {
      block: { kind: 'heading', level: heading[1]?.length ?? 1, text: heading[2] ?? '' },
      next: at + 1,
    };
  }
  if (line.startsWith('```')) return readCode(lines, at);
  const next = endOfBlock(lines, at);
  const own = lines.slice(at, next);
  if (line.startsWith('|')) return { block: tableOf(own), next };
  if (/^[-*]\s/.test(line)) return { block: { kind: 'list', items: itemsOf(own) }, next };
  return { block: { kind: 'paragraph', text: own.map((part) => part.trim()).join(' ') }, next };
}

function readCode(lines: readonly string[], at: number): { block: Block; next: number } {
  const end = lines.findIndex((line, index) => index > at && line.startsWith('```'));
  const last = end < 0 ? lines.length : end;
  return { block: { kind: 'code', text: lines.slice(at + 1, last).join('\n') }, next: last + 1 };
}

function endOfBlock(lines: readonly string[], at: number): number {
  const end = lines.findIndex((line, index) => index > at && (line.trim() === '' || /^(#|```)/.test(line)));
  return end < 0 ? lines.length : end;
}

function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (/^[-*]\s/.test(line)) items.push(line.slice(2).trim());
    else items.push(`${items.pop() ?? ''} ${line.trim()}`.trim());
  }
  return items;
}

function tableOf(lines: readonly string[]): Block {
  const rows = lines.map((line) =>
    line
      .replace(/^\||\|$/g, '')
      .split('|')
      .map((cell) => cell.trim()),
  );
  return { kind: 'table', rows: rows.slice(2) };
}

/** Splits a text into plain parts, `code` and **strong**. */
export function inlineParts(text: string): readonly InlinePart[] {
  return text
    .split(/(`[^`]+`|\*\*[^*]+\*\*)/)
    .filter((part) => part !== '')
    .map((part) => {
      if (part.startsWith('`')) return { kind: 'code', text: part.slice(1, -1) };
      if (part.startsWith('**')) return { kind: 'strong', text: part.slice(2, -2) };
      return { kind: 'text', text: part };
    });
}
