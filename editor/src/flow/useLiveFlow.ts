import { useEffect } from 'react';
import { liveConnection } from '../state/socket.ts';
import { readClock } from '../state/clock.ts';
import type { Editor } from './editor.ts';

/** Watches the flow over the live socket, as long as it is open. */
export function useLiveFlow(editor: Editor): void {
  useEffect(() => {
    const connection = liveConnection();
    const { live, document, traces } = editor;
    const flow = document.getState().about.id;

    const { counters, values, status, log } = live.receive;
    const stops = [
      connection.on('counters', counters),
      connection.on('values', values),
      connection.on('status', status),
      connection.on('log', log),
      connection.on('trace', ({ flow: of, trace }) => {
        if (of === flow) traces.receive(trace);
      }),
    ];
    const stopWatching = connection.onConnected(() => {
      void connection.ask('watch', { flow });
      void document.saveNow();
    });
    const stopConnection = connection.subscribe((state) => {
      live.receive.connection(
        state.kind === 'connected'
          ? { kind: 'connected' }
          : { kind: 'away', since: state.kind === 'reconnecting' ? state.since : readClock() },
      );
    });
    const stopLearning = live.subscribe(({ deployment }, before) => {
      if (deployment === before.deployment || deployment === undefined) return;
      document.learn({ deployment: { flow, ...deployment } });
      if (before.deployment !== undefined && before.deployment.version !== deployment.version) live.reset();
    });
    return () => {
      for (const stop of stops) stop();
      stopWatching();
      stopConnection();
      stopLearning();
      if (connection.getState().kind === 'connected') void connection.ask('unwatch', { flow });
    };
  }, [editor]);
}
