import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { type OpenLoopResult, openLoop } from '../load/open-loop.ts';
import type { Target } from '../load/target.ts';
import { startGateway } from '../peers/coppice.ts';
import { startFlask } from '../peers/others.ts';
import { startHaproxy, startNginx } from '../peers/proxies.ts';
import type { Measured } from '../report/bars.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

type Results = Record<string, OpenLoopResult[]>;

/** Latency at 1,000 requests/s; of Flask, which cannot do so many, at 100/s. */
export async function rate(context: Context): Promise<{ measured: Measured; results: Results }> {
  const { lab, options, models, print, progress } = context;
  const { target: coppice } = await startGateway(lab, models);
  const flask = await startFlask(lab);
  const loads: { target: Target; perSecond: number }[] = [
    ...[coppice, await startNginx(lab, models), await startHaproxy(lab, models)].map((target) => ({
      target,
      perSecond: 1000,
    })),
    { target: coppice, perSecond: 100 },
    { target: flask, perSecond: 100 },
  ];
  const rows = await rowsThatAllKnow([coppice, flask]);
  const results: Results = {};
  for (const { target } of loads) await openLoop(target, { rate: 100, seconds: 1, rows });
  for (let round = 0; round < options.rounds; round++)
    for (const { target, perSecond } of loads) {
      progress(`round ${round + 1} of ${options.rounds}: ${target.label}, ${perSecond}/s`);
      const result = await openLoop(target, { rate: perSecond, seconds: options.seconds * 2, rows });
      const key = keyOf(target, perSecond);
      results[key] = [...(results[key] ?? []), result];
      lab.mustLive();
    }
  for (const name of ['gateway', 'nginx', 'haproxy', 'flask']) await lab.end(name);

  const lines = loads.map(({ target, perSecond }) => {
    const of = results[keyOf(target, perSecond)] ?? [];
    const ms = (['p50', 'p95', 'p99', 'max'] as const).map((p) => short(median(of.map((result) => result[p]))));
    return [`${target.label}, ${perSecond.toLocaleString('en')}/s`, ...ms];
  });
  print(`\n${table(['fixed rate, ms from when due', 'p50', 'p95', 'p99', 'most'], lines)}`);
  const p99 = results[keyOf(coppice, 1000)]?.map((result) => result.p99) ?? [];
  return { measured: { rateP99: median(p99) }, results };
}

const keyOf = ({ name }: Target, perSecond: number) => `${name}@${perSecond}`;
