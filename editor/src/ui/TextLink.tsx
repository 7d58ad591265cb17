import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { buttonLook, type ButtonVariant, type ControlSize } from './Button.tsx';

export interface TextLinkProps {
  readonly to: string;
  readonly children: ReactNode;
}

/** A link within a text. */
export function TextLink({ to, children }: TextLinkProps) {
  return (
    <Link to={to} className="rounded-sm font-medium text-accent-text underline underline-offset-2">
      {children}
    </Link>
  );
}

export interface ButtonLinkProps extends TextLinkProps {
  readonly variant?: ButtonVariant | undefined;
  readonly size?: ControlSize | undefined;
  readonly icon?: ReactNode;
}

/** A link that looks like a button: goes to a page, where a button would do something. */
export function ButtonLink({ to, children, variant = 'secondary', size = 'medium', icon }: ButtonLinkProps) {
  return (
    <Link to={to} className={buttonLook(variant, size, false)}>
      {icon}
      {children}
    </Link>
  );
}
