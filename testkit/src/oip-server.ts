import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server does with the next requests. `wait` holds answers back until `release`. */
export type Behaviour = 'answer' | 'error' | 'garbage' | 'wrong-rows' | 'hang' | 'reset' | 'wait';

type Options = {
  features?: number;
  classes?: number;
  /** Answers are this many classes on. */
  shift?: number;
  /** A row whose first feature is this is refused with the status, together with all rows sent beside it. */
  poison?: { value: number; status: number };
};

/**
 * For tests: a small Open Inference server without model card and binary tensors, as a foreign one may be. The class of
 * a row is its first feature, rounded down. It can be told to misbehave, and keeps the sizes of the batches it was sent.
 */
export async function startOipServer({ features = 2, classes = 3, shift = 0, poison }: Options = {}) {
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
    if (req.url === '/v2/models/iris/ready') {
      const answer = () => send(ready ? 200 : 503, { ready });
      if (holdReady) return void heldReady.push(answer);
      return answer();
    }
    if (req.url === '/v2/models/iris') return send(200, metadata(features, classes));
    if (req.url === '/v2/models/iris/infer') return infer(await read(req), send, req, res);
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
      send(200, inferAnswer(rows, classes, shift));
    };
    const actions: Record<Behaviour, () => void> = {
      answer,
      error: () => send(500, { error: 'told to fail, at /secret/host' }),
      garbage: () => void res.end('<html>'),
      'wrong-rows': () => send(200, inferAnswer([...rows, [0, 0]], classes, shift)),
      hang: () => {},
      reset: () => void req.socket.destroy(),
      wait: () => void held.push(answer),
    };
    actions[behaviour]();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Rows of each inference request so far. */
    batches,
    behave(next: Behaviour) {
      behaviour = next;
    },
    beReady(next: boolean) {
      ready = next;
    },
    /** Holds back answers about readiness from now on; `heldChecks` are waiting. */
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
    /** Answers what was held back. */
    release() {
      const answers = held;
      held = [];
      for (const answer of answers) answer();
    },
    /** Closes idle connections, as a server does whose keep-alive time is over. */
    closeIdle: () => server.closeIdleConnections(),
    stop() {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export type OipServer = Awaited<ReturnType<typeof startOipServer>>;

function metadata(features: number, classes: number) {
  return {
    name: 'iris',
    platform: 'test',
    inputs: [{ name: 'rows', datatype: 'FP64', shape: [-1, features] }],
    outputs: [
      { name: 'predict', datatype: 'INT64', shape: [-1] },
      { name: 'predict_proba', datatype: 'FP64', shape: [-1, classes] },
    ],
  };
}

function inferAnswer(rows: number[][], classes: number, shift: number) {
  const labels = rows.map(([first]) => (Math.floor(first as number) + shift) % classes);
  return {
    model_name: 'iris',
    outputs: [
      { name: 'predict', datatype: 'INT64', shape: [rows.length], data: labels },
      {
        name: 'predict_proba',
        datatype: 'FP64',
        shape: [rows.length, classes],
        // nested, which the protocol allows as well as flat
        data: labels.map((label) => Array.from({ length: classes }, (_, i) => (i === label ? 1 : 0))),
      },
    ],
  };
}

async function read(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
}
