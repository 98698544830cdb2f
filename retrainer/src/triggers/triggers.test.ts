import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Cause, whyNot } from './admit.ts';
import { DueTimes } from './due-times.ts';
import { alertsBody, alertsThatRetrain, readAlerts } from './read-alerts.ts';
import { readSchedule } from './schedule.ts';

const HOUR = 3_600_000;
const now = Date.parse('2026-03-02T12:00:00Z');
const limits = { coolDownHours: 24, mostPerDay: 2 };
const job = (id: number, hoursAgo: number, kind: Cause['kind']) => ({
  ...{ id, cause: { kind, text: '' } },
  started_at: new Date(now - hoursAgo * HOUR).toISOString(),
});
const alert: Cause = { kind: 'alert', text: 'ModelDrift' };
const schedule: Cause = { kind: 'schedule', text: '', due: now - 1000 };

describe('a job', () => {
  it('begins by an alert only after the cool-down of the last one, whatever began that', () => {
    expect(whyNot(alert, [], now, limits)).toBeNull();
    expect(whyNot(alert, [job(3, 1.5, 'command')], now, limits)).toBe(
      'Job 3 began 90 min ago, and the cool-down is 24 hours (RETRAIN_COOL_DOWN).',
    );
    expect(whyNot(alert, [job(3, 23, 'alert')], now, limits)).toMatch(/^Job 3 began 23 hours ago/);
    expect(whyNot(alert, [job(3, 24, 'alert')], now, limits)).toBeNull();
  });

  it('begins by alert and schedule so many times in 24 hours, and by a person whenever they say', () => {
    const jobs = [job(4, 1, 'schedule'), job(3, 2, 'alert'), job(2, 3, 'command'), job(1, 25, 'alert')];
    const why = '2 jobs began by alert or schedule in the last 24 hours, and RETRAIN_MOST_PER_DAY is 2.';
    expect(whyNot(schedule, jobs, now, limits)).toBe(why);
    expect(whyNot(alert, jobs, now, { ...limits, coolDownHours: 0 })).toBe(why);
    expect(whyNot(schedule, jobs.slice(1), now, limits)).toBeNull();
    expect(whyNot({ kind: 'command', text: '' }, jobs, now, limits)).toBeNull();
  });

  it('begins once for a time of the schedule, however many retrainers there are', () => {
    expect(whyNot(schedule, [job(5, 0, 'schedule')], now, limits)).toBe(
      'Job 5 began for this time of the schedule already.',
    );
    expect(whyNot(schedule, [job(5, 0, 'command')], now, limits)).toBeNull();
  });
});

describe('a schedule', () => {
  it('is a cron expression of five fields in UTC', () => {
    const next = (text: string) => new Date(readSchedule(text).next(now) ?? 0).toISOString();
    expect(next('0 3 * * 1')).toBe('2026-03-09T03:00:00.000Z');
    expect(next('*/15 * * * *')).toBe('2026-03-02T12:15:00.000Z');
  });

  it.each(['weekly', '0 3 * *', '0 0 3 * * 1', '61 * * * *'])('cannot be %j', (text) => {
    expect(() => readSchedule(text)).toThrow(`RETRAIN_SCHEDULE=${text} is not allowed: must be a cron expression`);
  });

  it('is due once for all that it missed', () => {
    const due = new DueTimes(readSchedule('0 * * * *'), now);
    expect([due.come(now), due.come(now + HOUR - 1)]).toEqual([null, null]);
    // until the registry has it
    expect([due.come(now + 3.4 * HOUR), due.come(now + 3.5 * HOUR)]).toEqual([now + HOUR, now + HOUR]);
    due.settle(now + 3.5 * HOUR);
    expect(due.come(now + 3.6 * HOUR)).toBeNull();
    expect(due.come(now + 4 * HOUR)).toBe(now + 4 * HOUR);
    expect(new DueTimes(null, now).come(now + 1e9)).toBeNull();
  });
});

describe('a webhook of Alertmanager', () => {
  const one = (alertname: string, status = 'firing', summary?: string) => ({
    ...{ status, labels: { alertname, severity: 'warning' }, startsAt: '2026-03-02T11:00:00Z' },
    annotations: summary === undefined ? {} : { summary, runbook_url: 'x' },
  });
  const read = (...alerts: object[]) => readAlerts(alertsBody.parse({ version: '4', status: 'firing', alerts }));

  it('asks for a job when one of the three alerts fires', () => {
    expect(read(one('FeatureDrift', 'firing', 'The feature x0 drifts'), one('ModelDrift'))).toEqual({
      cause: 'FeatureDrift: The feature x0 drifts; ModelDrift',
      ignored: [],
    });
  });

  it('says why each other alert begins none', () => {
    expect(read(one('ModelDrift', 'resolved'), one('GatewayDown'))).toEqual({
      cause: null,
      ignored: [
        { alert: 'ModelDrift', why: 'It is resolved.' },
        { alert: 'GatewayDown', why: 'Only FeatureDrift, ModelDrift, FeedbackAccuracyDrop begin a job.' },
      ],
    });
  });

  it('keeps a cause short and printable, whatever the alerts say', () => {
    const { cause } = read(one('ModelDrift', 'firing', `\u001b[31m${'x'.repeat(9999)}`));
    expect(cause?.length).toBeLessThanOrEqual(400);
    expect(cause).not.toContain('\u001b');
  });

  it.each([
    {},
    { version: '3', alerts: [one('ModelDrift')] },
    { version: '4', alerts: [] },
    { version: '4', alerts: [{}] },
  ])('is refused as %j', (body) => {
    expect(alertsBody.safeParse(body).success).toBe(false);
  });

  it('names alerts that the rules have', () => {
    const rules = join(import.meta.dirname, '../../../prometheus/rules/model.yml');
    const { groups } = parse(readFileSync(rules, 'utf8')) as { groups: { rules: { alert?: string }[] }[] };
    const names = groups.flatMap((group) => group.rules.map((rule) => rule.alert));
    expect(names).toEqual(expect.arrayContaining([...alertsThatRetrain]));
  });
});
