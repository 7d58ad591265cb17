/** Where to go after the sign-in: a path of this app, never another site. */
export function pathAfterSignIn(next: string | null): string {
  if (next === null || !next.startsWith('/')) return '/';
  const here = 'http://here.invalid';
  const url = URL.parse(next, here);
  // Two slashes at the start are another site to a browser; `/.//` comes to that.
  const isHere = url !== null && url.origin === here && !url.pathname.startsWith('//');
  return isHere ? url.pathname + url.search + url.hash : '/';
}
