import { dashboards } from './dashboards.ts';

type Panel = { targets?: { expr?: string }[]; panels?: Panel[] };

/** Every PromQL expression of the dashboards, unchanged and once. */
export function dashboardQueries(): string[] {
  const exprs = (panels: readonly Panel[]): string[] =>
    panels.flatMap(({ targets = [], panels: inner = [] }) => [
      ...targets.flatMap(({ expr }) => expr ?? []),
      ...exprs(inner),
    ]);
  return [...new Set(Object.values(dashboards).flatMap((build) => exprs((build().panels ?? []) as Panel[])))];
}
