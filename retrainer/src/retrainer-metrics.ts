import { type RetrainJob, retrainStates } from '@coppice/contract';
import { Counter, collectDefaultMetrics, Gauge, type Registry } from 'prom-client';

/** The retrainer's metrics, all prefixed `retrainer_`, on the given registry. */
export function createRetrainerMetrics(registry: Registry, isRunning: () => boolean) {
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const jobs = new Counter({
    ...{ name: 'retrainer_jobs_total', help: 'Jobs whose work ended, by how.' },
    ...{ labelNames: ['end'] as const, registers },
  });
  const seconds = new Gauge({
    ...{ name: 'retrainer_last_job_seconds', help: 'How long the last job worked.', registers },
  });
  new Gauge({
    ...{ name: 'retrainer_job_running', help: '1 while a job of this retrainer runs, else 0.', registers },
    collect() {
      this.set(isRunning() ? 1 : 0);
    },
  });
  for (const end of retrainStates) if (end !== 'running') jobs.inc({ end }, 0);
  return {
    jobEnded({ state }: Pick<RetrainJob, 'state'>, took: number) {
      jobs.inc({ end: state });
      seconds.set(took);
    },
  };
}
