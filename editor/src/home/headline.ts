import { counted } from '../ui/formatValue.ts';

export interface Counts {
  readonly openAlerts: number;
  readonly reporting: number;
  readonly silent: number;
}

/** How things stand, in two parts of one line: `1 open alert` and `8 devices reporting, 1 silent`. */
export function headline({ openAlerts, reporting, silent }: Counts): { alerts: string; devices: string } {
  const alerts = openAlerts === 0 ? 'No open alerts' : counted(openAlerts, 'open alert');
  if (reporting + silent === 0) return { alerts, devices: 'no devices yet' };
  const reports = `${counted(reporting, 'device')} reporting`;
  return { alerts, devices: silent === 0 ? reports : `${reports}, ${silent} silent` };
}
