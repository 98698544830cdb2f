import { printable } from '@coppice/serverkit';
import { z } from 'zod';

/** Alerts of `prometheus/rules` that a model trained on newer rows may end. */
export const alertsThatRetrain = ['FeatureDrift', 'ModelDrift', 'FeedbackAccuracyDrop'] as const;

const alert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()).and(z.object({ alertname: z.string().min(1) })),
  annotations: z.record(z.string(), z.string()).default({}),
});

/** Body of Alertmanager's webhook, as far as it is read. */
export const alertsBody = z.object({ version: z.literal('4'), alerts: z.array(alert).min(1).max(1000) });
export type AlertsBody = z.infer<typeof alertsBody>;

export type ReadAlerts = {
  /** What begins a job, in words; null when no alert does. */
  cause: string | null;
  /** The alerts that begin none, and why. */
  ignored: { alert: string; why: string }[];
};

const LONGEST = 400;

/** Which alerts of a webhook ask for a job. */
export function readAlerts({ alerts }: AlertsBody): ReadAlerts {
  const causes = new Set<string>();
  const ignored: ReadAlerts['ignored'] = [];
  for (const { status, labels, annotations } of alerts) {
    const name = labels.alertname;
    const why = !(alertsThatRetrain as readonly string[]).includes(name)
      ? `Only ${alertsThatRetrain.join(', ')} begin a job.`
      : status === 'resolved'
        ? 'It is resolved.'
        : null;
    if (why !== null) ignored.push({ alert: name, why });
    else causes.add(annotations.summary ? `${name}: ${annotations.summary}` : name);
  }
  return { cause: causes.size === 0 ? null : printable([...causes].join('; ')).slice(0, LONGEST), ignored };
}
