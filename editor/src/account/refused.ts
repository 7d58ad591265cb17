import type { ErrorCode } from '@sluice/shared/errors.ts';
import { RemoteError } from '../state/remoteError.ts';

/** Why something was refused: beside the field that it is about, or about the whole form. */
export interface Refused<Field extends string> {
  at(field: Field): string | undefined;
  readonly whole: string | undefined;
}

/** Reads an error by the field that each of its codes is about; says nothing where there is no error. */
export function refusedBy<Field extends string>(
  error: Error | null,
  fieldOf: Readonly<Partial<Record<ErrorCode, Field>>>,
): Refused<Field> {
  const about = error instanceof RemoteError ? fieldOfCode(error.code, fieldOf) : undefined;
  return {
    at: (field) => (field === about ? error?.message : undefined),
    whole: about === undefined ? error?.message : undefined,
  };
}

function fieldOfCode<Field extends string>(
  code: string,
  fieldOf: Readonly<Partial<Record<string, Field>>>,
): Field | undefined {
  return Object.hasOwn(fieldOf, code) ? fieldOf[code] : undefined;
}
