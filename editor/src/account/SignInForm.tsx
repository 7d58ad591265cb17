import { zodResolver } from '@hookform/resolvers/zod';
import { ROUTES, type User } from '@sluice/shared/protocol/http.ts';
import { useState } from 'react';
import { useForm } from 'react-hook-form';
import * as z from 'zod';
import { sentenceOf } from '../state/remoteError.ts';
import { acceptUser, remote } from '../state/remoteQueries.ts';
import { Button } from '../ui/Button.tsx';
import { FormTextField } from '../ui/FormTextField.tsx';
import { FormProblem } from './AccountFrame.tsx';

const formSchema = z.object({
  ...ROUTES.signIn.body.shape,
  email: ROUTES.signIn.body.shape.email.min(1, 'Write the e-mail address of your account.'),
  password: ROUTES.signIn.body.shape.password.min(1, 'Write your password.'),
});
type Fields = z.input<typeof formSchema>;

export interface SignInFormProps {
  readonly email?: string | undefined;
  readonly onSignedIn: (user: User) => void;
}

/** E-mail and password. What is wrong is said in words, and the password is emptied after a wrong try. */
export function SignInForm({ email = '', onSignedIn }: SignInFormProps) {
  const form = useForm<Fields>({
    resolver: zodResolver(formSchema),
    defaultValues: { email, password: '' },
  });
  const [problem, setProblem] = useState<string>();
  async function send(fields: Fields) {
    setProblem(undefined);
    try {
      const user = await remote.call('signIn', { body: fields });
      acceptUser(user);
      onSignedIn(user);
    } catch (error) {
      setProblem(sentenceOf(error));
      form.resetField('password');
      form.setFocus('password');
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
        name="email"
        label="E-mail"
        type="email"
        autoComplete="username"
        size="large"
        autoFocus={email === ''}
      />
      <FormTextField
        control={form.control}
        name="password"
        label="Password"
        type="password"
        autoComplete="current-password"
        size="large"
        autoFocus={email !== ''}
      />
      <FormProblem sentence={problem} />
      <Button type="submit" variant="primary" size="large" isWide isPending={form.formState.isSubmitting}>
        Sign in
      </Button>
    </form>
  );
}
