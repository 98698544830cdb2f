import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelCard } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { runCheck } from './ask.ts';

/** Prints the figures of each model card below the folder that is its argument, a line per version. */
await runCheck(async () => {
  const folder = process.argv[2] ?? 'artifacts';
  const cards = (existsSync(folder) ? readdirSync(folder) : [])
    .map((version) => ({ version, file: join(folder, version, 'model-card.json') }))
    .filter(({ file }) => existsSync(file));
  if (cards.length === 0) throw new Error(`no model is in ${folder}`);
  for (const { version, file } of cards) {
    const { name, metrics } = JSON.parse(readFileSync(file, 'utf8')) as ModelCard;
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
    const recalls = metrics.perClass.map((one) => `${one.class} ${percent(one.recall)}`).join(', ');
    console.log(
      printable(
        `${version} of ${name}: accuracy ${percent(metrics.accuracy)} on ${metrics.rows} test rows, F1 ${percent(metrics.f1)}; recall: ${recalls}`,
      ),
    );
  }
});
