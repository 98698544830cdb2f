import { ensureHelm } from './ensure-helm.ts';
import { ensureKubernetes } from './ensure-kubernetes.ts';

// what the tests of the chart build at their first use, built ahead
await ensureKubernetes();
await ensureHelm();
