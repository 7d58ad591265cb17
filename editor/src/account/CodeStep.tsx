import { ArrowLeft } from 'lucide-react';
import { Button } from '../ui/Button.tsx';
import { CodeField } from './CodeField.tsx';
import { codeProblem } from './codes.ts';
import { FormProblem } from './FormProblem.tsx';
import type { SignInSteps } from './useSignInSteps.ts';

/** The second question of a sign-in: the password was right, and the account asks for a code. */
export function CodeStep({ steps }: { readonly steps: SignInSteps }) {
  const { fields, change, isChecked, refusal, input, back } = steps;
  const isOfCode = refusal?.wrong === 'code';
  const unfit = isChecked ? codeProblem(fields.code, fields.way) : undefined;
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 text-ink-soft wrap-anywhere">
          The password of <strong className="font-medium text-ink">{fields.email}</strong> is right.
        </p>
        <Button variant="quiet" size="small" icon={<ArrowLeft size={14} aria-hidden="true" />} onPress={back}>
          Back
        </Button>
      </div>
      <CodeField
        way={fields.way}
        onWay={(way) => {
          change({ way, code: '' });
          input.current?.focus();
        }}
        code={fields.code}
        onChange={(code) => change({ code })}
        inputRef={input}
        error={unfit ?? (isOfCode ? refusal.sentence : undefined)}
        autoFocus
      />
      <FormProblem sentence={isOfCode ? undefined : refusal?.sentence} />
    </>
  );
}
