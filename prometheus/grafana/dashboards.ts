import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { clusterDashboard } from './cluster-dashboard.ts';
import { coppiceDashboard } from './dashboard.ts';

/** Every dashboard by the name of its file in `dashboards/`. */
export const dashboards: Record<string, () => Dashboard> = {
  'coppice.json': coppiceDashboard,
  'coppice-cluster.json': clusterDashboard,
};

/** The address of a dashboard's file. */
export const dashboardFile = (name: string) => new URL(`dashboards/${name}`, import.meta.url);

/** A dashboard as committed and provisioned. */
export function dashboardText(build: () => Dashboard): string {
  return `${JSON.stringify(build(), null, 2)}\n`;
}
