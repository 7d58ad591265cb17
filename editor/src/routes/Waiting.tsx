import { Spinner } from '../ui/Spinner.tsx';

/** Before there is anything to show. */
export function Waiting() {
  return (
    <div className="flex h-full items-center justify-center text-ink-soft">
      <Spinner label="Loading" size={24} />
    </div>
  );
}
