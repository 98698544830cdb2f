import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';

export type Traffic = {
  /** Ids of the predictions that were answered. */
  answered: string[];
  /**
   * Attempts without an answer of 200, by what was seen; each was made again until it was answered. While nobody listens
   * behind a published port, Docker's proxy on loopback closes connections, which looks like one cut in flight: only the
   * record tells which attempts reached a gateway.
   */
  repeated: Map<string, number>;
  /** Longest time in ms from a prediction's first attempt to its answer. */
  slowest: number;
};

/** Clients that each ask for one prediction after the other, and again until it is answered, until `stop()`. */
export function startTraffic(url: string, clients: number): { stop(): Promise<Traffic> } {
  // one's own authority signs localhost
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false }, connections: clients });
  const traffic: Traffic = { answered: [], repeated: new Map(), slowest: 0 };
  let going = true;
  const loops = Array.from({ length: clients }, async () => {
    while (going) {
      const begun = Date.now();
      while (!(await attempt(url, dispatcher, traffic))) await sleep(50);
      traffic.slowest = Math.max(traffic.slowest, Date.now() - begun);
      await sleep(10);
    }
  });
  return {
    async stop() {
      going = false;
      await Promise.all(loops);
      await dispatcher.close();
      return traffic;
    },
  };
}

async function attempt(url: string, dispatcher: Agent, traffic: Traffic): Promise<boolean> {
  try {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"features":[5.1,3.5,1.4,0.2]}',
    });
    const text = await body.text();
    if (statusCode === 200) {
      traffic.answered.push((JSON.parse(text) as { prediction_id: string }).prediction_id);
      return true;
    }
    count(traffic.repeated, String(statusCode));
  } catch (error) {
    count(traffic.repeated, (error as { code?: string }).code ?? (error as Error).message);
  }
  return false;
}

function count(seen: Map<string, number>, what: string): void {
  seen.set(what, (seen.get(what) ?? 0) + 1);
}
