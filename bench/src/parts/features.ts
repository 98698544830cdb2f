import type { Context } from '../context/context.ts';
import { rowsThatAllKnow } from '../load/common-rows.ts';
import { measureInTurn, pick, type Rounds } from '../measure/measure-in-turn.ts';
import { type GatewayOptions, startGateway } from '../peers/coppice.ts';
import { median, medianRatio } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

// the gateway has settings for the record and for coalescing; the rest is left out where it is put together
const variants: (GatewayOptions & { name: string; label: string })[] = [
  { name: 'all-on', label: 'everything on' },
  { name: 'no-record', label: 'without the record', env: { RECORD: 'off' } },
  { name: 'no-drift', label: 'without the drift watch', without: 'drift' },
  { name: 'no-metrics', label: 'without metrics of predictions', without: 'metrics' },
  {
    name: 'no-coalescing',
    label: 'without coalescing',
    env: { UPSTREAM_MAX_BATCH: '1', UPSTREAM_MAX_IN_FLIGHT: '128' },
  },
];

const CONNECTIONS = [32, 128];

/** What each feature costs: the same gateway with one of them off. CPU: of the gateway, its record's threads included. */
export async function features(context: Context): Promise<Rounds> {
  const { lab, models, print } = context;
  const targets = [];
  for (const variant of variants) targets.push((await startGateway(lab, models, variant)).target);
  const rounds = await measureInTurn(context, targets, CONNECTIONS, await rowsThatAllKnow(targets));
  for (const { name } of variants) await lab.end(name);

  const rows = targets.map(({ name, label }) => [label, ...CONNECTIONS.flatMap((c) => cells(rounds, name, c))]);
  const head = CONNECTIONS.flatMap((c) => [`requests/s at ${c}`, 'to all on', 'CPU µs']);
  print(`\n${table(['Coppice', ...head], rows)}`);
  return rounds;
}

function cells(rounds: Rounds, name: string, connections: number): string[] {
  const all = pick(rounds, 'all-on', connections, 'perSecond');
  const own = pick(rounds, name, connections, 'perSecond');
  const cpu = median(pick(rounds, name, connections, 'cpuMicros'));
  return [short(median(own)), `${short(medianRatio(own, all))} ×`, short(cpu)];
}
