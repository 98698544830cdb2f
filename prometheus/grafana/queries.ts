import { coppiceDashboard } from './dashboard.ts';

type Panel = { targets?: { expr?: string }[]; panels?: Panel[] };

/** Every PromQL expression of the dashboard, unchanged. */
export function dashboardQueries(): string[] {
  const exprs = (panels: readonly Panel[]): string[] =>
    panels.flatMap(({ targets = [], panels: inner = [] }) => [
      ...targets.flatMap(({ expr }) => expr ?? []),
      ...exprs(inner),
    ]);
  return exprs((coppiceDashboard().panels ?? []) as Panel[]);
}
