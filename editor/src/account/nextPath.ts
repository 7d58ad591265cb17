/** Where to go after the sign-in: a path of this app, never another site. */
export function pathAfterSignIn(next: string | null): string {
  if (next === null || !next.startsWith('/')) return '/';
  const here = 'http://here.invalid';
  const url = URL.parse(next, here);
  return url !== null && url.origin === here ? url.pathname + url.search + url.hash : '/';
}
