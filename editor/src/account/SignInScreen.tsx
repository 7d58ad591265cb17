import { useQuery } from '@tanstack/react-query';
import { Navigate, useNavigate, useSearchParams } from 'react-router';
import { usePageTitle } from '../routes/usePageTitle.ts';
import { firstStartQuery } from '../state/remoteQueries.ts';
import { AccountFrame } from './AccountFrame.tsx';
import { pathAfterSignIn } from './nextPath.ts';
import { SignInForm } from './SignInForm.tsx';

/** `/sign-in`; `?next=` is where it leads to. */
export default function SignInScreen() {
  usePageTitle('Sign in');
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const firstStart = useQuery(firstStartQuery);
  if (firstStart.data?.needed === true) return <Navigate to="/first-start" replace />;
  return (
    <AccountFrame title="Sign in" lead="With the account that was made for you.">
      <SignInForm onSignedIn={() => void navigate(pathAfterSignIn(search.get('next')), { replace: true })} />
    </AccountFrame>
  );
}
