import { setTimeout as sleep } from 'node:timers/promises';
import type { RolloutReport, RolloutView } from '@coppice/contract';
import { printable } from '@coppice/serverkit';
import { askJson, eventually, given, runCheck } from './ask.ts';

const EVERY_MS = Number(process.env.EVERY_MS || 5000);

await runCheck(async () => {
  const gateway = given('GATEWAY_URL');
  const patience = Number(process.env.WAIT || 120);
  const authorization = `Bearer ${given('ADMIN_TOKEN')}`;
  let rollout = running(
    await askJson<RolloutReport>(`${gateway}/rollout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization },
      body: JSON.stringify({ version: given('ROLLOUT'), reason: given('ROLLOUT_REASON') }),
    }),
  );
  const { period } = rollout;
  for (let printed = 0; ; await sleep(EVERY_MS)) {
    for (const { time, state, percent, reason } of rollout.moves.slice(printed))
      console.log(printable(`${time} ${state} at ${percent} %: ${reason}`));
    printed = rollout.moves.length;
    if (rollout.state === 'done') return;
    if (rollout.state !== 'running') throw new Error(rollout.words);
    // a gateway that restarts goes on where it was
    rollout = running(await eventually(patience, () => askJson<RolloutReport>(`${gateway}/rollout`)));
    if (rollout.period !== period) throw new Error('another rollout took the place of this one');
  }
});

function running({ rollout }: RolloutReport): RolloutView {
  if (rollout) return rollout;
  throw new Error('the gateway has no rollout');
}
