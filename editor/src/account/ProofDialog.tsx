import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeField } from './CodeField.tsx';
import { codeProblem, type CodeWay } from './codes.ts';
import { FormDialog } from './FormDialog.tsx';
import { OwnPassword } from './OwnPassword.tsx';
import { refusedBy } from './refused.ts';

interface Proof {
  readonly password: string;
  readonly code: string;
}

interface Fields extends Proof {
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

export interface ProofDialogProps<Answer> {
  readonly title: string;
  readonly lead: string;
  /** What the button does, as a verb. */
  readonly action: string;
  readonly isDanger?: boolean;
  readonly send: (proof: Proof) => Promise<Answer>;
  readonly onDone: (answer: Answer) => void;
  readonly onClose: () => void;
}

/** Asks for password and code once more, before a step that must not be done by who finds the page open. */
export function ProofDialog<Answer>(props: ProofDialogProps<Answer>) {
  const [fields, setFields] = useState<Fields>({ password: '', code: '', way: 'authenticator' });
  const [isChecked, setIsChecked] = useState(false);
  const sent = useMutation({
    mutationFn: () => props.send({ password: fields.password, code: fields.code }),
    onSuccess: props.onDone,
  });
  const change = (news: Partial<Fields>) => {
    setFields({ ...fields, ...news });
    sent.reset();
  };
  const refused = refusedBy(sent.error, { 'wrong-credentials': 'password', 'second-factor-needed': 'code' });
  const problems = isChecked ? missing(fields) : {};
  return (
    <FormDialog
      title={props.title}
      lead={props.lead}
      action={props.action}
      isDanger={props.isDanger === true}
      isKept
      isPending={sent.isPending}
      problem={refused.whole}
      onSubmit={() => {
        setIsChecked(true);
        if (Object.keys(missing(fields)).length === 0) sent.mutate();
      }}
      onClose={props.onClose}
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
