import { inject } from 'vitest';
import { type ClusterAddress, ClusterClient } from './cluster-client.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterAddress;
  }
}

/** The one cluster of the tests that end in `.kubernetes.test.ts`: each file works in namespaces of its own. */
export function sharedCluster(): ClusterClient {
  return new ClusterClient(inject('cluster'));
}
