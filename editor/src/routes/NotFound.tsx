import { Compass } from 'lucide-react';
import { EmptyState } from '../ui/EmptyState.tsx';
import { TextLink } from '../ui/TextLink.tsx';
import { usePageTitle } from './usePageTitle.ts';

/** An address that leads nowhere. */
export default function NotFound() {
  usePageTitle('Not found');
  return (
    <EmptyState
      icon={<Compass size={20} aria-hidden="true" />}
      isPage
      title="There is no page here"
      action={<TextLink to="/">Go to the home page</TextLink>}
    >
      The address may be mistyped, or what it named may have been deleted.
    </EmptyState>
  );
}
