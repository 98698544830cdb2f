import type { Component } from 'svelte';
import type { RouteName } from './route.ts';

const loaders: Record<RouteName, () => Promise<{ default: Component }>> = {
  predict: () => import('../routes/Predict.svelte'),
  traffic: () => import('../routes/Traffic.svelte'),
  drift: () => import('../routes/Drift.svelte'),
  history: () => import('../routes/History.svelte'),
  performance: () => import('../routes/Performance.svelte'),
  ops: () => import('../routes/Ops.svelte'),
};

/** A route's component, loaded when it is first opened. */
export async function loadRoute(name: RouteName): Promise<Component> {
  return (await loaders[name]()).default;
}

export const routeTitles: Record<RouteName, string> = {
  predict: 'Predict',
  traffic: 'Traffic',
  drift: 'Drift',
  history: 'History',
  performance: 'Performance',
  ops: 'Ops',
};
