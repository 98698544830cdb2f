import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crashUnderLoad } from '@coppice/testkit/record/crash';
import { openForTest } from '@coppice/testkit/record/databases';
import { expect, it, onTestFinished } from 'vitest';

/** What a kill may cost (docs/record.md). */
const LOSS_MS = 200;

it('a killed process loses only its newest rows, corrupts nothing, and the next one goes on', async () => {
  const DATA_DIR = mkdtempSync(join(tmpdir(), 'coppice-crash-'));
  onTestFinished(() => rmSync(DATA_DIR, { recursive: true, force: true }));
  let kept = 0;
  for (const rows of [1, 500, 1900]) {
    const crash = await crashUnderLoad(DATA_DIR, { rows, rate: 2000 });
    expect(crash.integrity).toBe('ok');
    expect(crash.onlyNewest).toBe(true);
    expect(crash.lostMs).toBeLessThanOrEqual(LOSS_MS + crash.pauseMs);
    kept += crash.appended - crash.lost;
  }
  const { record } = await openForTest({ DATA_DIR });
  const { versions } = await record.performance(Date.now() - 3_600_000, Date.now() + 60_000);
  expect(versions[0]?.n).toBe(kept);
  await record.close();
});
