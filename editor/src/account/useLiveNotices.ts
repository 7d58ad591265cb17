import type { Ended, RoleChanged } from '@sluice/shared/protocol/live.ts';
import { useEffect } from 'react';
import { liveConnection } from '../state/socket.ts';
import { toastDone, toastFailed } from '../ui/toasts.ts';
import { endedWords, roleWords } from './noticeWords.ts';

/** Says why what the page may do, or its live values, changed: another role, a connection that the server ended. */
export function useLiveNotices(): void {
  useEffect(() => {
    const connection = liveConnection();
    const stops = [
      connection.on('role', ({ role }: RoleChanged) => {
        const { sentence, detail } = roleWords(role);
        toastDone(sentence, { detail });
      }),
      connection.on('ended', (ended: Ended) => {
        const words = endedWords(ended);
        if (words !== undefined) toastFailed(words.sentence, { detail: words.detail });
      }),
    ];
    return () => stops.forEach((stop) => stop());
  }, []);
}
