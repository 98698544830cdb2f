import { setTimeout as sleep } from 'node:timers/promises';
import { type PresetName, presetNames } from '@coppice/contract';

/** Milliseconds between weight changes, scrapes and page reads. */
type Pauses = { retune: number; scrape: number; page: number };
const OF_SOAK: Pauses = { retune: 15_000, scrape: 10_000, page: 2000 };

const polledByPage = ['/api/config', '/api/ready', '/api/drift', '/api/predictions?limit=50', '/api/performance'];

type Where = { gateway: string; page: string; token: string };
type Reports = {
  fault(what: string): void;
  scraped(text: string): void;
  /** Whether every version must keep its traffic for now. */
  holding(): boolean;
};

/** Changes weights, scrapes and reads the page over and over, as people and Prometheus do, until it is stopped. */
export async function disturb(
  { gateway, page, token }: Where,
  report: Reports,
  signal: AbortSignal,
  pauses = OF_SOAK,
): Promise<void> {
  const repeat = async (everyMs: number, what: string, act: (turn: number) => Promise<void>) => {
    for (let turn = 0; !signal.aborted; turn++) {
      await act(turn).catch((error: Error) => {
        if (!signal.aborted) report.fault(`${what}: ${error.message}`);
      });
      await sleep(everyMs, undefined, { signal }).catch(() => {});
    }
  };
  await Promise.all([
    repeat(pauses.retune, 'retune', async (turn) => {
      if (!report.holding()) await setPreset(gateway, token, presetNames[turn % presetNames.length] as PresetName);
    }),
    repeat(pauses.scrape, 'scrape', async () => report.scraped(await read(`${gateway}/metrics`))),
    repeat(pauses.page, 'page', async (turn) => {
      // now and then the whole page, as when another person opens it
      if (turn % 10 === 0) await read(page);
      for (const path of polledByPage) await read(page + path);
    }),
  ]);
}

/** Changes the weights. Throws when the gateway refuses. */
export async function setPreset(gateway: string, token: string, preset: PresetName): Promise<void> {
  await read(`${gateway}/config`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ preset, reason: 'soak' }),
  });
}

async function read(url: string, init: RequestInit = {}): Promise<string> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${new URL(url).pathname} answered ${answer.status}: ${text.slice(0, 120)}`);
  return text;
}
