/** Why a text cannot be taken as JSON; `undefined` where it can, or is empty. */
export function jsonProblem(text: string): string | undefined {
  if (text.trim() === '') return undefined;
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `This is not JSON yet: ${reason}. Text goes in double quotes.`;
  }
}
