// What a setting of a connection is: its name, its words, and the control that it is shown with.

interface FieldBase {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly placeholder?: string;
  readonly isRequired?: boolean;
  /** It stands in a part of the form of its own, which is shut unless something is in it. */
  readonly part?: 'tls';
}

/** A setting that is written, and never read back. */
export interface SecretField extends FieldBase {
  /** A text in PEM, of many lines. */
  readonly isPem?: boolean;
  /** The setting that it goes with: neither makes sense without the other. */
  readonly belongsTo?: string;
  /** The sentence for a text that does not fit. */
  readonly check?: (text: string) => string | undefined;
}

/** One setting of a connection, with the control that it is shown with. */
export type ConnectionField =
  | (FieldBase & {
      /** `pem` is a text of many lines that may come from a file. */
      readonly kind: 'text' | 'pem';
      /** The sentence for a text that does not fit. */
      readonly check?: (text: string) => string | undefined;
    })
  | (FieldBase & {
      readonly kind: 'number';
      readonly min: number;
      readonly max: number;
      readonly start: number;
    })
  | (FieldBase & { readonly kind: 'flag'; readonly start: boolean });
