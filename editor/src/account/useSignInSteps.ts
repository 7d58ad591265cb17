import type { User } from '@sluice/shared/protocol/people.ts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, type RefObject, useRef, useState } from 'react';
import { acceptUser } from '../state/remoteQueries.ts';
import { codeProblem, type CodeWay, type Refusal, refusalOf, type SignInStep } from './codes.ts';
import { tellCodesLeft } from './tellCodesLeft.ts';

interface SignInFields {
  readonly email: string;
  readonly password: string;
  readonly code: string;
  readonly way: CodeWay;
}

/** How somebody shows who they are: the password, with a code once it was asked for. */
interface SignInProof {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
}

export interface SignInSteps {
  readonly step: SignInStep;
  readonly fields: SignInFields;
  readonly change: (news: Partial<SignInFields>) => void;
  /** Somebody tried to send: what is not filled in is said. */
  readonly isChecked: boolean;
  readonly refusal: Refusal | undefined;
  /** Of the field that is asked for. */
  readonly input: RefObject<HTMLInputElement | null>;
  readonly isPending: boolean;
  readonly submit: (event: FormEvent) => void;
  readonly back: () => void;
}

interface SignInStepsOptions {
  readonly email: string;
  readonly send: (proof: SignInProof) => Promise<User>;
  readonly onSignedIn: (user: User) => void;
}

/** The password, then the code where one is asked for; a password that was right stays while the code is wrong. */
export function useSignInSteps({ email, send, onSignedIn }: SignInStepsOptions): SignInSteps {
  const [fields, setFields] = useState<SignInFields>({
    email,
    password: '',
    code: '',
    way: 'authenticator',
  });
  const [step, setStep] = useState<SignInStep>('password');
  const [isChecked, setIsChecked] = useState(false);
  const [refusal, setRefusal] = useState<Refusal>();
  const input = useRef<HTMLInputElement>(null);
  const change = (news: Partial<SignInFields>) => setFields((before) => ({ ...before, ...news }));
  const goOn = (next: Refusal) => {
    setRefusal(next);
    setStep(next.step);
    setIsChecked(false);
    if (next.wrong === 'password') change({ password: '', code: '' });
    if (next.wrong === 'code') change({ code: '' });
    input.current?.focus();
  };
  const signIn = useMutation({
    mutationFn: () => send(proofOf(fields, step)),
    onSuccess: (user) => {
      acceptUser(user);
      if (step === 'code' && fields.way === 'recovery') void tellCodesLeft();
      onSignedIn(user);
    },
    onError: (error) => goOn(refusalOf(error, step)),
  });
  return {
    step,
    fields,
    change,
    isChecked,
    refusal,
    input,
    isPending: signIn.isPending,
    submit(event) {
      event.preventDefault();
      setIsChecked(true);
      setRefusal(undefined);
      if (isFilled(fields, step)) signIn.mutate();
    },
    back: () => goOn({ step: 'password', sentence: undefined, wrong: 'password' }),
  };
}

function proofOf({ email, password, code }: SignInFields, step: SignInStep): SignInProof {
  return { email: email.trim(), password, ...(step === 'code' ? { code } : {}) };
}

function isFilled({ email, password, code, way }: SignInFields, step: SignInStep): boolean {
  return step === 'code' ? codeProblem(code, way) === undefined : email.trim() !== '' && password !== '';
}
