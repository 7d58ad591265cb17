import { useState } from 'react';
import { Chip } from './Chip.tsx';
import { TextField } from './TextField.tsx';

export interface TagFieldProps {
  readonly label: string;
  readonly tags: readonly string[];
  readonly onChange: (tags: readonly string[]) => void;
  readonly description?: string | undefined;
  readonly isDisabled?: boolean | undefined;
}

const LONGEST = 60;

/** Several short words: Enter, a comma or leaving the field adds one, its cross takes it away. */
export function TagField({ label, tags, onChange, description, isDisabled = false }: TagFieldProps) {
  const [text, setText] = useState('');
  function add(written: string) {
    const added = written
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if (added.length > 0) onChange([...new Set([...tags, ...added])]);
    setText('');
  }
  return (
    <div className="flex flex-col gap-2">
      <TextField
        label={label}
        value={text}
        onChange={(next) => (next.includes(',') ? add(next) : setText(next))}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return event.continuePropagation();
          event.preventDefault();
          add(text);
        }}
        onBlur={() => add(text)}
        description={description}
        maxLength={LONGEST}
        isDisabled={isDisabled}
      />
      {tags.length > 0 && (
        <ul aria-label={label} className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li key={tag} className="max-w-full">
              <Chip
                removeLabel={`Remove ${tag}`}
                onRemove={isDisabled ? undefined : () => onChange(tags.filter((other) => other !== tag))}
              >
                {tag}
              </Chip>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
