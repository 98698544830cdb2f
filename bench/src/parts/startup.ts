import type { Context } from '../context/context.ts';
import { startGateway, startModels, startPage } from '../peers/coppice.ts';
import { startFlask, startMlserver } from '../peers/others.ts';
import { median } from '../report/stats.ts';
import { short, table } from '../report/table.ts';

/** Milliseconds from the start of a process until it is ready. */
export async function startup({ lab, options, print, progress }: Context): Promise<Record<string, number[]>> {
  const took: Record<string, number[]> = {};
  const note = (what: string, ms: number) => {
    took[what] = [...(took[what] ?? []), ms];
  };
  for (let round = 0; round < options.rounds; round++) {
    progress(`round ${round + 1} of ${options.rounds}`);
    const models = await startModels(lab, 'started');
    const gateway = await startGateway(lab, models);
    const page = await startPage(lab, gateway.target);
    for (const model of models) note('a model server', model.startMs);
    note('the gateway, its versions being ready', gateway.startMs);
    note('the page server', page.startMs);
    for (const name of ['ui', 'gateway', ...models.map((model) => model.name)]) await lab.end(name);
    note('Flask + scikit-learn, both models', (await startFlask(lab)).startMs);
    await lab.end('flask');
    note('MLServer, one model', (await startMlserver(lab)).startMs);
    await lab.end('mlserver');
  }
  print(
    `\n${table(
      ['until ready', 'ms'],
      Object.entries(took).map(([what, ms]) => [what, short(median(ms))]),
    )}`,
  );
  return took;
}
