import { api } from '../gateway/api.ts';

export type Alert = {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  state: 'firing' | 'pending';
  activeAt: string;
};

/** The alerts that fire or are pending. */
export const alerts = (signal?: AbortSignal) =>
  api.prometheus<{ alerts: Alert[] }>('alerts', {}, { signal }).then((data) => data.alerts);
