import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@coppice/testkit/seeded-random';

const CLIENTS = 4;

export type Customer = { months: number; price: number; calls: number; contract: string; churn: string };

/** How later customers differ: they pay so much more. */
type Change = { price?: number };

/** Customers who leave by a rule of three features and a bit of chance. */
export function drawCustomers(seed: number, rows: number, change: Change = {}): Customer[] {
  const random = seededRandom(seed);
  return Array.from({ length: rows }, () => {
    const months = Math.floor(random() * 72);
    const price = Math.round(20 + random() * 80 + (change.price ?? 0));
    const calls = Math.floor(random() * 6);
    const contract = ['monthly', 'yearly', 'two years'][Math.floor(random() * 3)] as string;
    const score = (contract === 'monthly' ? 2 : 0) + (calls > 2 ? 1.5 : 0) + (price > 60 ? 1 : 0) - months / 24;
    const leaves = random() < 0.05 ? random() < 0.5 : score > 1;
    return { months, price, calls, contract, churn: leaves ? 'leaves' : 'stays' };
  });
}

export function csvOf(customers: readonly Customer[]): string {
  const names = ['months', 'price', 'calls', 'contract', 'churn'] as const;
  return `${names.join(',')}\n${customers.map((one) => names.map((name) => one[name]).join(',')).join('\n')}\n`;
}

/** Predictions one after the other, each with what the customer really did, until it is stopped. */
export function startCustomers(url: string, customers: readonly Customer[], name = 'customer') {
  const seen = { requests: 0, failed: [] as string[], releases: new Map<string, number>() };
  let going = true;
  const post = async (path: string, body: object) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).catch((error: Error) => new Response(String(error.cause ?? error), { status: 599 }));
    if (answer.status !== 200) seen.failed.push(`${path}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    return answer;
  };
  const loops = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let i = client; going; i += CLIENTS) {
      const { churn, ...features } = customers[i % customers.length] as Customer;
      const reference = `${name}-${i}`;
      const answer = await post('/predict', { features, user: reference, reference });
      seen.requests++;
      if (answer.ok) {
        const key = `${answer.headers.get('X-Model-Version')} release ${answer.headers.get('X-Model-Release')}`;
        seen.releases.set(key, (seen.releases.get(key) ?? 0) + 1);
        const { prediction_id } = (await answer.json()) as { prediction_id: string };
        await post('/feedback', { prediction_id, actual: churn });
      }
      await sleep(3);
    }
  });
  return {
    seen,
    async stop() {
      going = false;
      await Promise.all(loops);
    },
  };
}
