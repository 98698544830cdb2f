import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { METRICS } from '@coppice/gateway/metrics/metric-names';
import { describe, expect, it } from 'vitest';
import { metricNames, readRules } from './rules.ts';
import { alertTests } from './tests/index.ts';

const here = import.meta.dirname;
const rules = readRules();
const alerts = rules.filter((rule) => rule.alert !== undefined);
const runbooks = readFileSync(join(here, '../docs/runbooks.md'), 'utf8');
const sections = new Map(
  runbooks
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')).trim().toLowerCase(), section]),
);

describe.each(alerts)('the alert $alert', (rule) => {
  it('has a severity, a description with values, and a runbook', () => {
    expect(rule.for).toMatch(/^\d+[smh]$/);
    expect(['critical', 'warning', 'info']).toContain(rule.labels?.severity);
    expect(rule.annotations?.summary).toMatch(/^\S/);
    expect(rule.annotations?.description).toContain('{{');
    expect(rule.annotations?.runbook_url).toBe(`docs/runbooks.md#${rule.alert?.toLowerCase()}`);
  });

  it('has a runbook that says what it means, how to see it and what to do', () => {
    const section = sections.get(rule.alert?.toLowerCase() ?? '');
    for (const part of ['**Means**', '**See**', '**Do**']) expect(section).toContain(part);
  });

  it('is tested with the severity that it has', () => {
    const test = alertTests.find(({ alerts }) => rule.alert !== undefined && rule.alert in alerts);
    expect(test?.rules[0]).toBe(rule.file);
    expect(test?.alerts[rule.alert ?? '']?.severity).toBe(rule.labels?.severity);
  });
});

describe('the rules', () => {
  it('query only metrics that the gateway exports or another rule records', () => {
    const exported = new Set<string>(['up', ...Object.values(METRICS)]);
    const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
    for (const { alert, record, expr } of rules)
      for (const name of metricNames(expr))
        expect([
          alert ?? record,
          name,
          recorded.has(name) || exported.has(name.replace(/_(bucket|count|sum)$/, '')),
        ]).toEqual([alert ?? record, name, true]);
  });

  it('name their records level:metric:operations', () => {
    // others' names are what that file is for
    for (const { record, file } of rules)
      if (record && file !== 'reference.yml') expect(record).toMatch(/^job(_version)?:[a-z_]+:[a-z_]+(\d+[mhd])?$/);
  });

  it('never match a whole number in `le`, which Prometheus 2 and 3 write differently', () => {
    for (const { expr } of rules)
      for (const [, le] of expr.matchAll(/\ble\s*=~?\s*"([^"]*)"/g)) expect(le).toMatch(/^0\.\d*[1-9]$/);
  });

  it('have runbooks only for alerts that exist', () => {
    expect([...sections.keys()].sort()).toEqual(alerts.map(({ alert }) => alert?.toLowerCase()).sort());
  });

  it('are all loaded by the configuration', () => {
    expect(readFileSync(join(here, 'prometheus.yml'), 'utf8')).toContain('- rules/*.yml');
    expect(readdirSync(join(here, 'rules')).every((file) => file.endsWith('.yml'))).toBe(true);
  });
});
