import { type ReactNode, useEffect, useEffectEvent, useRef } from 'react';

/** So far below what is in sight it counts as seen, so that a list goes on before its end comes. */
const AHEAD = '600px';

export interface SeenSoonProps {
  /** Called once, when the children come near to where somebody looks. */
  readonly onSeen: () => void;
  readonly children: ReactNode;
}

/** The end of a list that goes on while somebody scrolls. */
export function SeenSoon({ onSeen, children }: SeenSoonProps) {
  const place = useRef<HTMLDivElement>(null);
  const seen = useEffectEvent(onSeen);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) seen();
      },
      { root: current.closest('main'), rootMargin: AHEAD },
    );
    observer.observe(current);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} className="flex justify-center">
      {children}
    </div>
  );
}
