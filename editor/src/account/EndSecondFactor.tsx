import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { remote } from '../state/remoteQueries.ts';
import { toastDone } from '../ui/toasts.ts';
import { CodeField } from './CodeField.tsx';
import { codeProblem, type CodeWay } from './codes.ts';
import { FormDialog } from './FormDialog.tsx';
import { OwnPassword } from './OwnPassword.tsx';
import { refusedBy } from './refused.ts';

interface Fields {
  readonly password: string;
  readonly code: string;
  readonly way: CodeWay;
}

/** What is not filled in, by field. */
function missing({ password, code, way }: Fields): { password?: string; code?: string } {
  const unfit = codeProblem(code, way);
  return {
    ...(password === '' ? { password: 'Write your password.' } : {}),
    ...(unfit === undefined ? {} : { code: unfit }),
  };
}

/** Turns the second factor off, for who shows password and code once more. */
export function EndSecondFactor({ onClose }: { readonly onClose: () => void }) {
  const [fields, setFields] = useState<Fields>({ password: '', code: '', way: 'authenticator' });
  const [isChecked, setIsChecked] = useState(false);
  const end = useMutation({
    mutationFn: () =>
      remote.call('endSecondFactor', { body: { password: fields.password, code: fields.code } }),
    onSuccess: () => {
      toastDone('The second factor is off');
      onClose();
    },
  });
  const change = (news: Partial<Fields>) => {
    setFields({ ...fields, ...news });
    end.reset();
  };
  const refused = refusedBy(end.error, { 'wrong-credentials': 'password', 'second-factor-needed': 'code' });
  const problems = isChecked ? missing(fields) : {};
  return (
    <FormDialog
      title="Turn off the second factor?"
      lead="From then on your password alone lets in. The app’s entry and all recovery codes are worth nothing any more."
      action="Turn off"
      isDanger
      isKept
      isPending={end.isPending}
      problem={refused.whole}
      onSubmit={() => {
        setIsChecked(true);
        if (Object.keys(missing(fields)).length === 0) end.mutate();
      }}
      onClose={onClose}
    >
      <OwnPassword
        password={fields.password}
        onChange={(password) => change({ password })}
        error={problems.password ?? refused.at('password')}
      />
      <CodeField
        way={fields.way}
        onWay={(way) => change({ way, code: '' })}
        code={fields.code}
        onChange={(code) => change({ code })}
        error={problems.code ?? refused.at('code')}
        size="medium"
      />
    </FormDialog>
  );
}
