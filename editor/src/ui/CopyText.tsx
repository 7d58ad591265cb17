import { Check, Copy } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { Button } from './Button.tsx';

export interface CopyTextProps {
  readonly label: string;
  readonly text: string;
  /** One or two sentences below it. */
  readonly description?: string | undefined;
}

type Copied = 'no' | 'yes' | 'refused';

/**
 * A text to be taken elsewhere, as it is: a token, a line for a shell. Where the browser does not let the page copy (it
 * does on loopback and over HTTPS only) the text is selected, so that the keyboard can.
 */
export function CopyText({ label, text, description }: CopyTextProps) {
  const id = useId();
  const shown = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState<Copied>('no');
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setCopied('yes');
    } catch {
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
      setCopied('refused');
    }
  }
  return (
    <div role="group" aria-labelledby={id} className="flex min-w-0 flex-col gap-1">
      <div className="flex items-center justify-between gap-2">
        <span id={id} className="text-editor font-medium text-ink">
          {label}
        </span>
        <Button
          size="small"
          variant="quiet"
          aria-label={`Copy ${label}`}
          icon={
            copied === 'yes' ? <Check size={14} aria-hidden="true" /> : <Copy size={14} aria-hidden="true" />
          }
          onPress={() => void copy()}
        >
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <code
        ref={shown}
        className="block rounded-md border border-line bg-sunken px-2 py-1.5 font-mono text-editor wrap-anywhere whitespace-pre-wrap select-all"
      >
        {text}
      </code>
      {description !== undefined && <p className="text-small text-ink-soft">{description}</p>}
      <p role="status" className="text-small text-caution empty:hidden">
        {copied === 'refused' &&
          'The browser does not let this page copy. The text is selected: press Ctrl+C.'}
      </p>
    </div>
  );
}
