import type { TestProject } from 'vitest/node';
import { startThrowawayKubernetes } from './throwaway-kubernetes.ts';

/** Vitest's global setup: starts the cluster that the files share, and stops it after the last one. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const start = performance.now();
  const cluster = await startThrowawayKubernetes();
  console.log(`cluster: ready after ${((performance.now() - start) / 1000).toFixed(1)} s`);
  project.provide('cluster', cluster.address);
  return () => cluster.stop();
}
