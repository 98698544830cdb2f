import { delimiter, dirname, join } from 'node:path';
import { root } from '../programs/run-command.ts';
import type { ClusterClient } from './cluster-client.ts';

/** Runs `npm run weights` as the administrator of a cluster, with the cluster's kubectl. */
export function runWeights(cluster: ClusterClient, ...args: string[]) {
  const path = [dirname(cluster.address.kubectl), process.env.PATH].join(delimiter);
  return cluster.attempt('env', [`PATH=${path}`, process.execPath, join(root, 'scripts/weights.ts'), ...args]);
}
