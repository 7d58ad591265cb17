import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { firstStartQuery } from '../state/remoteQueries.ts';
import { AccountFrame } from './AccountFrame.tsx';
import { oidcQuery } from './accountQueries.ts';
import { FormProblem } from './FormProblem.tsx';
import { pathAfterSignIn } from './nextPath.ts';
import { SignInForm } from './SignInForm.tsx';
import { signInProblemSentence } from './signInProblems.ts';

/** `/sign-in`; `?next=` is where it leads to, `?problem=` why a sign-in with a provider outside did not succeed. */
export default function SignInScreen() {
  usePageTitle('Sign in');
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const firstStart = useQuery(firstStartQuery);
  const next = pathAfterSignIn(search.get('next'));
  const provider = useQuery(oidcQuery).data?.name;
  if (firstStart.data?.needed === true) return <Navigate to="/first-start" replace />;
  return (
    <AccountFrame title="Sign in" lead="With the account that was made for you.">
      <div className="flex flex-col gap-4">
        <FormProblem sentence={signInProblemSentence(search.get('problem'), provider)} />
        <SignInForm next={next} onSignedIn={() => void navigate(next, { replace: true })} />
      </div>
    </AccountFrame>
  );
}
