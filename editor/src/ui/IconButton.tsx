import { BareIconButton, type BareIconButtonProps } from './BareIconButton.tsx';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps extends BareIconButtonProps {
  /** Shown in the tooltip, as `Ctrl+Z`. */
  readonly shortcut?: string | undefined;
  /** No tooltip where the button opens something at the same place. */
  readonly hasTooltip?: boolean | undefined;
}

/** A square button with an icon, a name and a tooltip that shows the name. */
export function IconButton({ shortcut, hasTooltip = true, ...rest }: IconButtonProps) {
  const button = <BareIconButton {...rest} />;
  if (!hasTooltip) return button;
  return (
    <Tooltip text={rest.label} shortcut={shortcut}>
      {button}
    </Tooltip>
  );
}
