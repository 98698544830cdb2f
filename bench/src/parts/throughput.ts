import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import type { Target } from '../load/target.ts';
import { measureInTurn, pick, type Rounds } from '../measure/measure-in-turn.ts';
import { modelTarget, type RunningModel, startGateway } from '../peers/coppice.ts';
import { startExpressCeiling, startFlask, startMlserver } from '../peers/others.ts';
import { startHaproxy, startNginx } from '../peers/proxies.ts';
import type { Measured } from '../report/bars.ts';
import { median, medianRatio } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

export const CONNECTIONS = [1, 32, 128];

/** Coppice with everything on, beside everything that it is compared with. */
export async function throughput(
  context: Context,
): Promise<{ measured: Measured; rounds: Rounds; labels: string[][] }> {
  const { lab, models, print, progress } = context;
  progress('starting everything that is compared');
  const { target: coppice } = await startGateway(lab, models);
  const peers: Target[] = [
    await startNginx(lab, models),
    await startHaproxy(lab, models),
    await startExpressCeiling(lab),
    modelTarget(models.at(-1) as RunningModel),
    await startFlask(lab),
    await startMlserver(lab),
  ];
  const targets = [coppice, ...peers];
  const rows = await rowsThatAllKnow(targets);
  const rounds = await measureInTurn(context, targets, CONNECTIONS, rows);
  for (const name of ['gateway', 'nginx', 'haproxy', 'express', 'flask', 'mlserver']) await lab.end(name);

  for (const connections of CONNECTIONS) print(`\n${tableAt(rounds, targets, connections)}`);
  return { measured: judgeable(rounds, peers), rounds, labels: targets.map(({ name, label }) => [name, label]) };
}

function tableAt(rounds: Rounds, targets: readonly Target[], connections: number): string {
  const coppice = pick(rounds, 'gateway', connections, 'perSecond');
  const rows = targets.map(({ name, label }) => {
    const perSecond = pick(rounds, name, connections, 'perSecond');
    const milliseconds = (['p50', 'p95', 'p99'] as const).map((p) => short(median(pick(rounds, name, connections, p))));
    const spread = `${short(Math.min(...perSecond))} – ${short(Math.max(...perSecond))}`;
    const ratio = `${short(medianRatio(coppice, perSecond))} ×`;
    const cpu = short(median(pick(rounds, name, connections, 'cpuMicros')));
    return [label, short(median(perSecond)), spread, ratio, ...milliseconds, cpu];
  });
  const head = [
    `${connections} connection${connections > 1 ? 's' : ''}`,
    'requests/s',
    'least – most',
    'Coppice to it',
  ];
  return table([...head, 'p50 ms', 'p95 ms', 'p99 ms', 'CPU µs'], rows);
}

function judgeable(rounds: Rounds, peers: readonly Target[]): Measured {
  const ratio: Measured['ratio'] = {};
  for (const { name } of peers)
    ratio[name] = Object.fromEntries(
      CONNECTIONS.map((connections) => {
        const of = (target: string) => pick(rounds, target, connections, 'perSecond');
        return [connections, medianRatio(of('gateway'), of(name))];
      }),
    );
  const model = peers[3] as Target;
  const alone = pick(rounds, model.name, 1, 'p50');
  return {
    ratio,
    p99Ratio32: medianRatio(pick(rounds, 'gateway', 32, 'p99'), pick(rounds, 'nginx', 32, 'p99')),
    added: median(pick(rounds, 'gateway', 1, 'p50').map((p50, round) => p50 - (alone[round] as number))),
  };
}
