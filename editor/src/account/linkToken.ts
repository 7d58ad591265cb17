/** The one-time token of a link, as `/invitation#token=…`: it stands in the fragment, which browsers never send. */
export function tokenOf(fragment: string): string {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? '';
}
