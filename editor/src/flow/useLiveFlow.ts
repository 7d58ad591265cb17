import { useEffect } from 'react';
import { ask, liveConnection } from '../state/socket.ts';
import { readClock } from '../state/clock.ts';
import type { Editor } from './editor.ts';

/** Watches the flow over the live socket, as long as it is open. */
export function useLiveFlow(editor: Editor): void {
  useEffect(() => {
    const connection = liveConnection();
    const { socket } = connection;
    const { live, document } = editor;
    const flow = document.getState().about.id;

    const { counters, values, status, log } = live.receive;
    socket.on('counters', counters);
    socket.on('values', values);
    socket.on('status', status);
    socket.on('log', log);
    const stopWatching = connection.onConnected(() => {
      void ask(socket, 'watch', { flow });
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
      socket.off('counters', counters);
      socket.off('values', values);
      socket.off('status', status);
      socket.off('log', log);
      stopWatching();
      stopConnection();
      stopLearning();
      if (socket.connected) void ask(socket, 'unwatch', { flow });
    };
  }, [editor]);
}
