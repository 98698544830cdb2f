import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Ways to answer infer requests that are no predictions, although health checks pass, and the reason that they count as. */
export const misbehaviours = {
  error: 'upstream',
  'not-found': 'refused',
  invalid: 'refused',
  garbage: 'garbage',
  'wrong-rows': 'garbage',
  'not-probabilities': 'garbage',
  'sum-not-1': 'garbage',
  'not-likeliest': 'garbage',
  'beyond-classes': 'garbage',
  endless: 'garbage',
  midway: 'connect',
  reset: 'connect',
  hang: 'timeout',
  drip: 'timeout',
} as const;
export type Misbehaviour = keyof typeof misbehaviours;

/** How the server handles the next infer requests. `wait` holds answers back until `release`. */
export type Behaviour = 'answer' | 'wait' | Misbehaviour;

type Options = {
  features?: number;
  classes?: number;
  /** Names of the features and classes in a model card at `/model-info`; without them there is none. */
  card?: unknown;
  /** It answers labels alone, as text if `texts` names the classes. */
  labelsOnly?: boolean;
  texts?: string[];
  modelName?: string;
  /** Shifts answers by this many classes. */
  shift?: number;
  /** The server refuses a row whose first feature is `value` with this status, together with all rows of its batch. */
  poison?: { value: number; status: number };
};

/**
 * For tests: a small Open Inference server without binary tensors, as a foreign one may be. The class of
 * a row is its first feature, rounded down. A test can make it misbehave, and see the sizes of the batches that it got.
 */
export async function startOipServer(options: Options = {}) {
  const { features = 2, classes = 3, poison, modelName = 'iris' } = options;
  let { shift = 0, card } = options;
  let behaviour: Behaviour = 'answer';
  let ready = true;
  let holdReady = false;
  let heldReady: (() => void)[] = [];
  let held: (() => void)[] = [];
  const batches: number[] = [];
  let observe: (req: IncomingMessage) => void = () => {};

  const server = createServer(async (req, res) => {
    observe(req);
    const send = (status: number, body: unknown) => {
      res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    if (req.url === '/v2') return send(200, { name: 'test', version: '1', extensions: [] });
    if (req.url === `/v2/models/${modelName}/ready`) {
      const answer = () => send(ready ? 200 : 503, { ready });
      if (holdReady) return void heldReady.push(answer);
      return answer();
    }
    if (req.url === '/model-info' && card !== undefined) return send(200, card);
    if (req.url === `/v2/models/${modelName}`) return send(200, metadata({ ...options, features, classes }));
    if (req.url === `/v2/models/${modelName}/infer`) return infer(await read(req), send, req, res);
    send(404, { error: 'no such path' });
  });

  function infer(
    body: string,
    send: (status: number, body: unknown) => void,
    req: IncomingMessage,
    res: ServerResponse,
  ) {
    const [{ shape, data }] = JSON.parse(body).inputs;
    const rows: number[][] = Array.from({ length: shape[0] }, (_, i) => data.slice(i * features, (i + 1) * features));
    batches.push(rows.length);
    const answer = () => {
      if (poison && rows.some(([first]) => first === poison.value)) return send(poison.status, { error: 'poisoned' });
      send(200, inferAnswer(rows, { ...options, classes, shift }));
    };
    const labels = rows.map(() => 0);
    const withShares = (...shares: number[]) =>
      send(
        200,
        answerOf(
          labels,
          rows.map(() => Array.from({ length: classes }, (_, i) => shares[i] ?? 0)),
        ),
      );
    const actions: Record<Behaviour, () => void> = {
      answer,
      wait: () => void held.push(answer),
      error: () => send(500, { error: 'failed on purpose, at /secret/host' }),
      'not-found': () => send(404, { error: `Model ${modelName} not found` }),
      invalid: () => send(422, { error: 'input rows: unexpected shape' }),
      garbage: () => void res.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'wrong-rows': () => send(200, inferAnswer([...rows, [0, 0]], { classes, shift })),
      'not-probabilities': () => withShares(-45.9, 46.9),
      'sum-not-1': () => withShares(0.5, 0.25),
      'not-likeliest': () => withShares(0.25, 0.75),
      'beyond-classes': () =>
        send(
          200,
          answerOf(
            rows.map(() => classes),
            null,
          ),
        ),
      endless: () => void endless(res),
      midway: () => {
        res.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"outputs":[');
        setImmediate(() => req.socket.destroy());
      },
      reset: () => void req.socket.destroy(),
      hang: () => {},
      drip: () => void drip(res),
    };
    actions[behaviour]();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Rows of each infer request so far. */
    batches,
    behave(next: Behaviour) {
      behaviour = next;
    },
    /** Another model behind the same address. */
    replace(next: { card?: unknown; shift?: number }) {
      card = next.card ?? card;
      shift = next.shift ?? shift;
    },
    beReady(next: boolean) {
      ready = next;
    },
    /** Holds back answers to readiness checks from now on; `heldChecks` are waiting. */
    holdReady() {
      holdReady = true;
    },
    get heldChecks() {
      return heldReady.length;
    },
    releaseReady() {
      holdReady = false;
      for (const answer of heldReady) answer();
      heldReady = [];
    },
    onRequest(listener: (req: IncomingMessage) => void) {
      observe = listener;
    },
    get held() {
      return held.length;
    },
    /** Sends the answers that were held back. */
    release() {
      const answers = held;
      held = [];
      for (const answer of answers) answer();
    },
    /** Closes idle connections, as a server does after its keep-alive time. */
    closeIdle: () => server.closeIdleConnections(),
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type OipServer = Awaited<ReturnType<typeof startOipServer>>;

function metadata({ features, classes, labelsOnly, texts, modelName = 'iris' }: Options) {
  const label = { name: 'predict', datatype: texts ? 'BYTES' : 'INT64', shape: [-1] };
  return {
    name: modelName,
    platform: 'test',
    inputs: [{ name: 'rows', datatype: 'FP64', shape: [-1, features] }],
    outputs: labelsOnly ? [label] : [label, { name: 'predict_proba', datatype: 'FP64', shape: [-1, classes] }],
  };
}

function inferAnswer(rows: number[][], { classes = 3, shift = 0, labelsOnly, texts }: Options) {
  const labels = rows.map(([first]) => (Math.floor(first as number) + shift) % classes);
  // nested, which the protocol allows as well as flat
  const shares = labels.map((label) => Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0)));
  return answerOf(texts ? labels.map((label) => texts[label]) : labels, labelsOnly ? null : shares);
}

function answerOf(labels: unknown[], shares: number[][] | null) {
  const datatype = typeof labels[0] === 'string' ? 'BYTES' : 'INT64';
  const label = { name: 'predict', datatype, shape: [labels.length], data: labels };
  if (!shares) return { model_name: 'iris', outputs: [label] };
  const shape = [shares.length, shares[0]?.length ?? 0];
  return { model_name: 'iris', outputs: [label, { name: 'predict_proba', datatype: 'FP64', shape, data: shares }] };
}

/** Writes for as long as the other side reads. */
export function endless(res: ServerResponse): void {
  const chunk = Buffer.alloc(64 * 1024, ' ');
  res.writeHead(200, { 'content-type': 'application/json' });
  const more = () => {
    while (!res.destroyed && res.write(chunk));
  };
  res.on('drain', more);
  more();
}

/** A byte now and then, without end. */
function drip(res: ServerResponse): void {
  res.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => res.write(' '), 100);
  res.on('close', () => clearInterval(timer));
}

async function read(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
}
