import type { Component } from 'svelte';
import type { RouteName } from '../navigation/place.ts';

const loaders: Record<RouteName, () => Promise<{ default: Component }>> = {
  predict: () => import('../predict/PredictRoute.svelte'),
  traffic: () => import('../traffic/TrafficRoute.svelte'),
  drift: () => import('../drift/DriftRoute.svelte'),
  history: () => import('../history/HistoryRoute.svelte'),
  performance: () => import('../performance/PerformanceRoute.svelte'),
  ops: () => import('../ops/OpsRoute.svelte'),
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
