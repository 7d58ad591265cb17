import { lazy } from 'react';
import { firstDrawing } from '../state/firstDrawing.ts';
import { BareIconButton, iconButtonLook } from './BareIconButton.tsx';
import { classes } from './classes.ts';
import type { IconButtonProps } from './IconButton.tsx';
import { Part } from './Part.tsx';

const IconButton = lazy(async () => {
  await firstDrawing;
  const loaded = await import('./IconButton.tsx');
  return { default: loaded.IconButton };
});

/**
 * An `IconButton` of a screen that is to be there fast: tooltips are loaded when the screen is drawn, and until then only
 * the icon stands in its place. Where they cannot be loaded, the button works without.
 */
export function LaterIconButton(props: IconButtonProps) {
  const { shortcut: _shortcut, hasTooltip: _hasTooltip, ...bare } = props;
  const { icon, size = 'medium', isDisabled = false } = props;
  return (
    <Part
      waiting={<span className={classes(iconButtonLook(size), isDisabled && 'opacity-40')}>{icon}</span>}
      failed={<BareIconButton {...bare} />}
    >
      <IconButton {...props} />
    </Part>
  );
}
