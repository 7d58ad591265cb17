import { zodResolver } from '@hookform/resolvers/zod';
import { ROUTES } from '@sluice/shared/protocol/http.ts';
import { useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import * as z from 'zod';
import { sentenceOf } from '../state/remoteError.ts';
import { acceptUser, KEYS, queries, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { FormTextField } from '../ui/FormTextField.tsx';
import { FormProblem } from './FormProblem.tsx';
import { passwordAdvice } from './passwordAdvice.ts';
import { PasswordMeter } from './PasswordMeter.tsx';

const { token: _token, ...asked } = ROUTES.createFirstAccount.body.shape;
const formSchema = z.object({
  ...asked,
  name: asked.name.min(1, 'Write the name that others will see.'),
});
type Fields = z.input<typeof formSchema>;

export interface FirstAccountFormProps {
  /** The one-time token of the printed link. */
  readonly token: string;
  readonly onMade: () => void;
}

export function FirstAccountForm({ token, onMade }: FirstAccountFormProps) {
  const form = useForm<Fields>({
    resolver: zodResolver(formSchema),
    defaultValues: { name: '', email: '', password: '' },
  });
  const [problem, setProblem] = useState<string>();
  const [name, email, password] = useWatch({ control: form.control, name: ['name', 'email', 'password'] });
  async function send(fields: Fields) {
    setProblem(undefined);
    try {
      const user = await remote.call('createFirstAccount', { body: { ...fields, token } });
      queries.setQueryData(KEYS.firstStart, { needed: false });
      acceptUser(user);
      onMade();
    } catch (error) {
      setProblem(sentenceOf(error));
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
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        description="You sign in with it."
        size="large"
      />
      <FormTextField
        control={form.control}
        name="password"
        label="Password"
        type="password"
        autoComplete="new-password"
        description={<PasswordMeter advice={passwordAdvice(password, [name, email])} />}
        size="large"
      />
      <FormProblem sentence={problem} />
      <Button type="submit" variant="primary" size="large" isWide isPending={form.formState.isSubmitting}>
        Make the account
      </Button>
    </form>
  );
}
