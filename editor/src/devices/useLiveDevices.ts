import type { Device } from '@sluice/shared/protocol/http.ts';
import type { DevicesChanged } from '@sluice/shared/protocol/live.ts';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { devicesQuery, KEYS, mergeDevices, queries } from '../state/remoteQueries.ts';
import { liveConnection } from '../state/socket.ts';

/** All devices, with their values as they come in while the screen is open. */
export function useLiveDevices() {
  useEffect(() => {
    const connection = liveConnection();
    const take = ({ devices: changed }: DevicesChanged) => {
      queries.setQueryData<Device[]>(KEYS.devices, (known) =>
        known === undefined ? undefined : mergeDevices(known, changed),
      );
    };
    const stopTaking = connection.on('devices', take);
    const stopAsking = connection.onConnected(() => {
      void connection.ask('watchDevices', { on: true });
      void queries.invalidateQueries({ queryKey: KEYS.devices });
    });
    return () => {
      stopAsking();
      stopTaking();
      if (connection.getState().kind === 'connected') void connection.ask('watchDevices', { on: false });
    };
  }, []);
  return useQuery(devicesQuery);
}
