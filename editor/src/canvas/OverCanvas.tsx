import { TracePill } from '../trace/TracePill.tsx';
import { WirePeek, type WirePeekProps } from './WirePeek.tsx';
import { ZoomBar } from './ZoomBar.tsx';

export interface OverCanvasProps {
  /** The wire under the mouse. */
  readonly peek: WirePeekProps | undefined;
}

/** What lies over the drawing. None of it is needed to see the flow, so it is loaded when the drawing is there. */
export default function OverCanvas({ peek }: OverCanvasProps) {
  return (
    <>
      <ZoomBar />
      <TracePill />
      {peek !== undefined && <WirePeek {...peek} />}
    </>
  );
}
