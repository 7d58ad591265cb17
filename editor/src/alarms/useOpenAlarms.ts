import type { Alarm } from '@sluice/shared/protocol/http.ts';
import type { AlarmChanged } from '@sluice/shared/protocol/live.ts';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { KEYS, mergeAlarm, openAlarmsQuery, queries } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';

/** The open alarms, kept up to date by what the server tells, and read anew after each break of the live connection. */
export function useOpenAlarms() {
  useEffect(() => {
    const connection = liveConnection();
    const take = ({ alarm }: AlarmChanged) => {
      queries.setQueryData<Alarm[]>(KEYS.alarms, (open) =>
        open === undefined ? undefined : mergeAlarm(open, alarm),
      );
    };
    const stopTaking = connection.on('alarm', take);
    const stopReading = connection.onConnected(
      () => void queries.invalidateQueries({ queryKey: KEYS.alarms }),
    );
    return () => {
      stopReading();
      stopTaking();
    };
  }, []);
  return useQuery(openAlarmsQuery);
}
