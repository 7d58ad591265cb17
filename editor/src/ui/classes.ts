/** Joins class names, leaving out what is off: `classes('card', isOpen && 'card-open')`. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
}
