import { type Control, type FieldPath, type FieldValues, useController } from 'react-hook-form';
import { TextField, type TextFieldProps } from './TextField.tsx';

export interface FormTextFieldProps<Fields extends FieldValues>
  extends Omit<TextFieldProps, 'value' | 'onChange' | 'onBlur' | 'error' | 'name' | 'ref'> {
  readonly control: Control<Fields>;
  readonly name: FieldPath<Fields>;
}

/** A text field that belongs to a form of react-hook-form, and shows what its schema says. */
export function FormTextField<Fields extends FieldValues>({
  control,
  name,
  ...rest
}: FormTextFieldProps<Fields>) {
  const { field, fieldState } = useController({ control, name });
  const { ref, value, onChange, onBlur } = field;
  return (
    <TextField
      {...rest}
      name={name}
      value={typeof value === 'string' ? value : ''}
      onChange={onChange}
      onBlur={onBlur}
      inputRef={ref}
      error={fieldState.error?.message}
    />
  );
}
