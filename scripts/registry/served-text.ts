import type { ReleasesView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';

/** What a promotion or rollback left: the champion, what the versions serve, and what is still to be done. */
export function servedText({ model, champion, challenger, serving, pending }: ReleasesView): string {
  const served = serving.map(
    ({ version, release }) => `${version} serves ${release === null ? 'no release' : release}`,
  );
  return [
    `${model}: champion ${champion ?? 'none'}, challenger ${challenger ?? 'none'} · ${served.join(', ')}`,
    ...(pending
      ? [`Not finished yet: the weights follow once ${serving[0]?.version} serves release ${pending.release}.`]
      : []),
  ]
    .map((line) => printable(line))
    .join('\n');
}
