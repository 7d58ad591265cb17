import { Upload } from 'lucide-react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { Button } from '../ui/Button.tsx';
import { TextField } from '../ui/TextField.tsx';

export interface ConnectionPemProps {
  readonly label: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error: string | undefined;
}

/** A certificate or a key in PEM: pasted, or taken from a file. */
export function ConnectionPem({ label, onChange, placeholder = '', ...rest }: ConnectionPemProps) {
  return (
    <div className="flex flex-col items-start gap-1.5">
      <div className="w-full">
        <TextField
          {...rest}
          label={label}
          onChange={onChange}
          placeholder={placeholder}
          lines={3}
          isMono
          autoComplete="off"
          spellCheck="false"
        />
      </div>
      <FileTrigger
        acceptedFileTypes={['.pem', '.crt', '.cer', '.key', 'application/x-pem-file']}
        onSelect={(files) => {
          const file = files?.item(0);
          if (file != null) void file.text().then(onChange);
        }}
      >
        <Button
          size="small"
          icon={<Upload size={14} aria-hidden="true" />}
          aria-label={`${label} from a file`}
        >
          From a file
        </Button>
      </FileTrigger>
    </div>
  );
}
