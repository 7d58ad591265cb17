import type { Membership, User } from '@sluice/shared/protocol/people.ts';

interface ElsewhereWords {
  readonly title: string;
  readonly sentence: string;
  readonly goOn: string;
  /** Left out where there is no way back. */
  readonly goBack?: string;
}

/** What to say on a page of `shown` when the session is `now` somebody else, or somewhere else, in `workspaces`. */
export function elsewhereWords(shown: User, now: User, workspaces: readonly Membership[]): ElsewhereWords {
  if (shown.id !== now.id) {
    return {
      title: `${now.name} is signed in now`,
      sentence: `This page was opened by ${shown.name}. In another tab of this browser ${now.name} signed in, so nothing of this page is saved any more. Copy what you need of it before you go on.`,
      goOn: `Go on as ${now.name}`,
    };
  }
  const nameOf = (id: string) => workspaces.find(({ workspace }) => workspace === id)?.name;
  const [before, next] = [nameOf(shown.workspace), nameOf(now.workspace)];
  const goOn = next === undefined ? 'Go on there' : `Go on in “${next}”`;
  if (before === undefined) {
    return {
      title: 'You are in another workspace now',
      sentence:
        'The workspace of this page is deleted, or you are not in it any more. Nothing of this page is saved.',
      goOn,
    };
  }
  return {
    title: `You went on in “${next ?? now.workspace}”`,
    sentence: `You chose it in another tab of this browser, or by signing in again. This page is of “${before}”, and nothing of it is saved as long as you are elsewhere. What is not saved yet is saved when you come back.`,
    goOn,
    goBack: `Back to “${before}”`,
  };
}
