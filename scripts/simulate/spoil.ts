import { withoutPassword } from '@coppice/serverkit';
import type { Bad } from './spoiler/bad.ts';
import type { Spoiled } from './spoiler/spoiler.ts';

/** Spoils versions until `end`, which returns what was spoiled, or null if the spoiler is gone. */
export type Spoiling = { end(): Promise<Record<string, Spoiled> | null> };

/** Makes the spoiler at `url` spoil these versions. Throws one line that says what is wrong. */
export async function spoil(url: string, bad: Record<string, Bad>): Promise<Spoiling> {
  const held = new AbortController();
  const answer = await fetch(`${url}/spoiled`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bad),
    signal: held.signal,
  }).catch((cause) => {
    throw new Error(
      `no spoiler answers at ${withoutPassword(url)}: start the stack with npm start -- --spoiler (docs/traffic.md)`,
      { cause },
    );
  });
  if (!answer.ok) {
    const { detail } = (await answer.json().catch(() => ({}))) as { detail?: string };
    throw new Error(`the spoiler at ${withoutPassword(url)} refused: ${detail ?? answer.status}`);
  }
  // read to its end, which `end` is: one that nobody reads is closed
  void answer.text().catch(() => {});
  return {
    async end() {
      const counts = await fetch(`${url}/spoiled`)
        .then((got) => got.json() as Promise<Record<string, Spoiled>>)
        .catch(() => null);
      held.abort();
      return counts && Object.fromEntries(Object.entries(counts).filter(([version]) => version in bad));
    },
  };
}
