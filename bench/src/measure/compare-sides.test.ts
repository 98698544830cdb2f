import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Lab } from '../lab/lab.ts';
import { predictTarget } from '../load/target.ts';
import type { Side } from '../peers/sides.ts';
import { compareSides } from './compare-sides.ts';

/** Answers the label 0, 1 or 2 by the length of the petal, which is right for enough of the Iris data. */
const server = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  const { features, instances = [features] } = JSON.parse(body) as { features: number[]; instances?: number[][] };
  const predictions = instances.map((row) => ({ prediction: petalClass(row[2] as number) }));
  res.end(JSON.stringify(features ? predictions[0] : { predictions }));
});
const petalClass = (length: number) => (length < 2.5 ? 0 : length < 4.8 ? 1 : 2);
const lab = new Lab();

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(async () => {
  server.close();
  await lab.close();
});

/** A side whose every prediction takes `micros` in front and 10 µs in its model servers, as far as it says. */
function fakeSide(name: string, micros: number, log: string[], { counted = true } = {}): Side {
  const start = async () => {
    log.push(`${name} starts`);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    let settled = 0;
    const seconds = (each: number) => (counted ? (settled * each) / 1e6 : 0);
    return {
      target: predictTarget({ name, label: name, url }),
      used: () => ({ front: seconds(micros), models: seconds(10) }),
      settled: async (answered: number) => {
        log.push(`${name} ${answered - settled}`);
        settled = answered;
      },
      end: async () => void log.push(`${name} ends`),
    };
  };
  return { name, label: name, start };
}

const plan = { pairs: 2, requests: 80, connections: [4], rate: undefined, warmUp: 20 };

describe('a comparison of sides', () => {
  it('counts the same requests of each, in turn, from fresh processes, without the warm-up', async () => {
    const log: string[] = [];
    const pairs = await compareSides(lab, [fakeSide('a', 40, log), fakeSide('b', 20, log)], plan, () => {});
    expect(pairs.map(({ connections }) => connections)).toEqual([4, 4]);
    for (const { costs } of pairs) {
      expect(costs).toMatchObject([
        { side: 'a', requests: 80 },
        { side: 'b', requests: 80 },
      ]);
      expect(costs.map(({ front }) => front)).toEqual([expect.closeTo(40, 6), expect.closeTo(20, 6)]);
      expect(costs.map(({ models }) => models)).toEqual([expect.closeTo(10, 6), expect.closeTo(10, 6)]);
    }
    const around = (turns: string[]) => ['a starts', 'b starts', ...turns, 'a ends', 'b ends'];
    const ab = ['a 10', 'b 10'];
    const ba = ['b 10', 'a 10'];
    const warmUp = ['a 20', 'b 20'];
    expect(log).toEqual([
      ...around([]),
      ...around([...warmUp, ...ab, ...ba, ...ab, ...ba, ...ab, ...ba, ...ab, ...ba]),
      ...around([...warmUp, ...ba, ...ab, ...ba, ...ab, ...ba, ...ab, ...ba, ...ab]),
    ]);
  });

  it('sends at a rate when there is one', async () => {
    const sides = [fakeSide('a', 40, []), fakeSide('b', 20, [])];
    const pairs = await compareSides(lab, sides, { ...plan, pairs: 1, rate: 400 }, () => {});
    for (const { requests, seconds } of pairs[0]?.costs ?? []) expect(requests / seconds).toBeLessThan(500);
  });

  it('throws when the kernel counts nothing', async () => {
    const sides = [fakeSide('a', 40, [], { counted: false })];
    await expect(compareSides(lab, sides, plan, () => {})).rejects.toThrow('no processor time of a');
  });
});
