import { createLogger, onStopSignal, serve } from '@coppice/serverkit';
import { Registry as MetricsRegistry } from 'prom-client';
import { createApp } from './app.ts';
import { openRetrainer } from './open-retrainer.ts';
import { readRetrainerConfig } from './retrainer-config.ts';
import { createRetrainerMetrics } from './retrainer-metrics.ts';
import { announceTarget } from './targets.ts';
import { DueTimes } from './triggers/due-times.ts';

const GRACE_MS = 5000;

/** Listens for commands and alerts, begins jobs by schedule, and looks after those that wait. Ends by a signal only. */
export async function serveRetrainer(env: Record<string, string | undefined>, cwd: string): Promise<void> {
  const config = readRetrainerConfig(env, cwd);
  const log = createLogger('retrainer', config.logLevel);
  const metrics = new MetricsRegistry();
  const counted = createRetrainerMetrics(metrics, () => retrainer.isRunning);
  const { retrainer, registry } = await openRetrainer(config, {
    ...{ env, cwd, log },
    onEnd: (job, seconds) => counted.jobEnded(job, seconds),
  });
  const app = createApp({ config, registry, retrainer, metrics, log });
  const { port, drain } = await serve(app, { port: config.port, host: config.host });
  log.info(
    { port, registry: registry.place, gateway: config.gateway, schedule: config.schedule?.text ?? null },
    'listening',
  );
  const withdraw = announceTarget(config.targets, log);
  const due = new DueTimes(config.schedule, Date.now());
  let trouble: string | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const look = async () => {
    try {
      const time = due.come(Date.now());
      if (time !== null) await bySchedule(time);
      await retrainer.look();
      trouble = null;
    } catch (err) {
      const { message } = err as Error;
      if (message !== trouble) log.warn({ err }, 'cannot look after the jobs now');
      trouble = message;
    }
    if (!stopped) timer = setTimeout(look, config.lookMs);
  };
  const bySchedule = async (time: number) => {
    const text = `${config.schedule?.text}, due ${new Date(time).toISOString()}`;
    const now = Date.now();
    // rejects while the registry is away: the next look asks again
    const answer = await retrainer.ask({ kind: 'schedule', text, due: time });
    due.settle(now);
    if ('why' in answer) log.info({ schedule: text, why: answer.why }, 'the schedule begins no job');
  };

  onStopSignal(log, async () => {
    stopped = true;
    clearTimeout(timer);
    withdraw();
    await retrainer.stop();
    await drain(GRACE_MS);
  });
  await look();
}
