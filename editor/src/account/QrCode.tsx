import { useMemo } from 'react';
import { qrPath } from './qrPath.ts';

export interface QrCodeProps {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly label: string;
}

/** A QR code, dark on white in the dark theme too: many cameras read it in no other way. */
export function QrCode({ text, label }: QrCodeProps) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 shrink-0 rounded-md border border-line"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
