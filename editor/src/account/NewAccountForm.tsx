import { zodResolver } from '@hookform/resolvers/zod';
import { passwordSchema } from '@sluice/shared/protocol/people.ts';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as z from 'zod';
import { sentenceOf } from '../state/remoteError.ts';
import { acceptUser, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { FormTextField } from '../ui/FormTextField.tsx';
import { FormProblem } from './FormProblem.tsx';
import { hasChanged, type JoinFormProps } from './JoinForm.tsx';
import { passwordAdvice } from './passwordAdvice.ts';
import { PasswordMeter } from './PasswordMeter.tsx';

const formSchema = z.object({
  name: z.string().trim().min(1, 'Write the name that others will see.').max(200),
  password: passwordSchema,
});
type Fields = z.input<typeof formSchema>;

/** Accepts an invitation with a new account. */
export function NewAccountForm({ token, invited, onChanged, onJoined }: JoinFormProps) {
  const form = useForm<Fields>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', password: '' },
  });
  const [problem, setProblem] = useState<string>();
  const [name, password] = useWatch({ control: form.control, name: ['name', 'password'] });
  async function send(fields: Fields) {
    setProblem(undefined);
    try {
      acceptUser(await remote.call('acceptInvitation', { body: { ...fields, token } }));
      onJoined();
    } catch (error) {
      setProblem(sentenceOf(error));
      if (hasChanged(error)) onChanged();
    }
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => void form.handleSubmit(send)(event)}
    >
      <FormTextField
        control={form.control}
        name="name"
        label="Your name"
        autoComplete="name"
        size="large"
        autoFocus
      />
      <FormTextField
        control={form.control}
        name="password"
        label="Password"
        type="password"
        autoComplete="new-password"
        description={<PasswordMeter advice={passwordAdvice(password, [name, invited.email])} />}
        size="large"
      />
      <FormProblem sentence={problem} />
      <Button type="submit" variant="primary" size="large" isWide isPending={form.formState.isSubmitting}>
        Make the account and join
      </Button>
    </form>
  );
}
