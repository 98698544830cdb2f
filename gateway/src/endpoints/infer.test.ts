import { startModelServer } from '@coppice/testkit/model-server';
import { type OipServer, startOipServer } from '@coppice/testkit/oip-server';
import { startGateway, type TestGateway } from '@coppice/testkit/start-gateway';
import { until } from '@coppice/testkit/waiting/until';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const PATH = '/v2/models/iris/infer';
const rowOf = (first: number) => [first, 0, 0, 0];
const request = (first: number, more = {}) => ({
  inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP64', data: rowOf(first) }],
  ...more,
});

/** What `tritonclient.http` 2.73 sends for two FP32 rows, without any option. */
const tritonCall = {
  json: '{"inputs":[{"name":"features","shape":[2,4],"datatype":"FP32","parameters":{"binary_data_size":32}}],"parameters":{"binary_data_output":true}}',
  tensor: Buffer.from('AACAPwAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAA=', 'base64'),
};

describe('infer on a mixed fleet: binary tensors and JSON, other tensor names', () => {
  let ours: Awaited<ReturnType<typeof startModelServer>>;
  let foreign: OipServer;
  let gateway: TestGateway;
  beforeAll(async () => {
    ours = await startModelServer({ version: 'v1' });
    foreign = await startOipServer({ features: 4, shift: 1 });
    gateway = await startGateway({ models: [ours.url, foreign.url], features: 4 });
    await until(async () => expect((await gateway.get('/ready')).body.status).toBe('ready'));
  });
  afterAll(async () => {
    await gateway.stop();
    await foreign.stop();
    await ours.stop();
  });
  afterEach(() => foreign.behave('answer'));

  const pin = (version: string) => ({ 'x-model-version': version });

  /** Sends FP32 rows after the JSON, and wants the outputs in binary. */
  async function inferBinary(rows: number[][], headers: Record<string, string> = {}, outputs?: string[]) {
    const tensor = Buffer.from(Float32Array.from(rows.flat()).buffer);
    const json = JSON.stringify({
      id: '',
      inputs: [
        {
          name: 'input__0',
          shape: [rows.length, 4],
          datatype: 'FP32',
          parameters: { binary_data_size: tensor.length },
        },
      ],
      ...(outputs
        ? { outputs: outputs.map((name) => ({ name, parameters: { binary_data: true } })) }
        : { parameters: { binary_data_output: true } }),
    });
    return sendBinary(json, tensor, headers);
  }

  async function sendBinary(json: string, tensor: Buffer, headers: Record<string, string> = {}) {
    const response = await fetch(gateway.url + PATH, {
      method: 'POST',
      headers: { 'inference-header-content-length': String(Buffer.byteLength(json)), ...headers },
      body: Buffer.concat([Buffer.from(json), tensor]),
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    if (response.status !== 200) throw new Error(`${response.status} ${bytes}`);
    const jsonLength = Number(response.headers.get('inference-header-content-length'));
    const { outputs: described, ...rest } = JSON.parse(bytes.toString('utf8', 0, jsonLength));
    let at = jsonLength;
    const values: Record<string, number[]> = {};
    for (const { name, datatype, shape, parameters } of described) {
      const count = shape.reduce((product: number, size: number) => product * size, 1);
      values[name] = Array.from({ length: count }, (_, i) =>
        datatype === 'INT64' ? Number(bytes.readBigInt64LE(at + 8 * i)) : bytes.readDoubleLE(at + 8 * i),
      );
      at += parameters.binary_data_size;
    }
    expect(at).toBe(bytes.length);
    return { ...rest, headers: response.headers, values };
  }

  it('answers every default call of tritonclient', async () => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => sendBinary(tritonCall.json, tritonCall.tensor)));
    for (const { model_version, values } of answers) {
      expect(values.label).toEqual(model_version === 'v1' ? [1, 2] : [2, 0]);
      expect(values.probability).toHaveLength(6);
    }
    expect(new Set(answers.map(({ model_version }) => model_version))).toEqual(new Set(['v1', 'v2']));
  });

  it('answers binary calls on both versions, in the answer’s one form', async () => {
    const rows = [rowOf(0), rowOf(1), rowOf(2)];
    for (const [version, labels] of [
      ['v1', [0, 1, 2]],
      ['v2', [1, 2, 0]],
    ] as const) {
      const { headers, values, model_name, model_version } = await inferBinary(rows, pin(version));
      expect({ model_name, model_version }).toEqual({ model_name: 'iris', model_version: version });
      expect(headers.get('x-model-version')).toBe(version);
      expect(values.label).toEqual(labels);
      expect(values.probability).toEqual(labels.flatMap((label) => [0, 1, 2].map((i) => (i === label ? 1 : 0))));
    }
    const answers = await Promise.all(Array.from({ length: 40 }, () => inferBinary([rowOf(1)])));
    expect(new Set(answers.map(({ model_version }) => model_version))).toEqual(new Set(['v1', 'v2']));
  });

  it('answers JSON with the id, the ids of the rows and the headers of /predict', async () => {
    const { status, headers, body } = await gateway.post(PATH, request(2, { id: 'ü7' }), {
      ...pin('v1'),
      'x-request-id': 'order-1',
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      ...{ model_name: 'iris', model_version: 'v1', id: 'ü7' },
      parameters: { prediction_id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [1], data: [2] },
        { name: 'probability', datatype: 'FP64', shape: [1, 3], data: [0, 0, 1] },
      ],
    });
    expect(headers.get('x-request-id')).toBe('order-1');
    expect(headers.get('x-model-version')).toBe('v1');
    expect(headers.get('server-timing')).toMatch(/^total;dur=/);
  });

  it('honours requested outputs by any name that a version has for them', async () => {
    for (const version of ['v1', 'v2']) {
      const { values } = await inferBinary([rowOf(0)], pin(version), ['predict_proba', 'label']);
      expect(Object.keys(values)).toEqual(['predict_proba', 'label']);
      expect(values.predict_proba).toHaveLength(3);
    }
    const { status, body } = await gateway.post(PATH, request(1, { outputs: [{ name: 'logits' }] }));
    expect(status).toBe(400);
    expect(body.error).toBe('outputs[0] logits is unknown; the outputs are label, probability, predict, predict_proba');
  });

  it('takes one input per feature', async () => {
    const column = (name: string, data: number[]) => ({ name, shape: [2, 1], datatype: 'FP64', data });
    const inputs = [
      column('petal_width', [0, 0]),
      column('petal_length', [0, 0]),
      column('sepal_width', [0, 0]),
      column('sepal_length', [1, 2]),
    ];
    const { body } = await gateway.post(PATH, { inputs }, pin('v1'));
    expect(body.outputs[0].data).toEqual([1, 2]);
  });

  it('is counted and recorded row by row, copied and retried like /predict', async () => {
    const count = () => gateway.metric('prediction_requests_total');
    const before = await count();
    const { parameters } = await inferBinary([rowOf(1), rowOf(2)], { ...pin('v1'), 'x-user-id': 'ann' });
    const ids = parameters.prediction_id.split(',');
    expect(ids).toHaveLength(2);
    expect(await count()).toBe(before + 1);
    await until(async () => {
      for (const [i, id] of ids.entries())
        expect((await gateway.get(`/predictions/${id}`)).body).toMatchObject({
          model_version: 'v1',
          prediction: i + 1,
        });
    });
    expect((await gateway.post('/feedback', { prediction_id: ids[1], actual: 'virginica' })).status).toBe(200);
    expect((await gateway.get('/drift')).body.samples).toBeGreaterThan(0);

    foreign.behave('error');
    const answers = await Promise.all(Array.from({ length: 12 }, () => gateway.post(PATH, request(1))));
    expect(answers.map(({ body }) => body.model_version)).toEqual(answers.map(() => 'v1'));
  });

  it.each([
    ['another model', '/v2/models/wine/infer', request(1), 404, 'Unknown model wine: this gateway serves iris.'],
    ['another version', '/v2/models/iris/versions/v9/infer', request(1), 404, 'Unknown version v9. Versions: v1, v2.'],
    ['no JSON', PATH, '{', 400, 'The body is not valid JSON.'],
    ['no inputs', PATH, {}, 400, /^inputs: /],
    [
      'too few features',
      PATH,
      { inputs: [{ name: 'x', shape: [1, 3], datatype: 'FP64', data: [1, 2, 3] }] },
      400,
      'inputs[0].shape is [1,3]: must be [n,4]',
    ],
    [
      'strings',
      PATH,
      { inputs: [{ name: 'x', shape: [1, 4], datatype: 'BYTES', data: ['1', '2', '3', '4'] }] },
      400,
      /^inputs\[0\]\.datatype BYTES cannot be read as numbers: must be one of FP64/,
    ],
    [
      'too many rows',
      PATH,
      { inputs: [{ name: 'x', shape: [1025, 4], datatype: 'FP64', data: [] }] },
      400,
      'inputs[0].shape has 1025 rows: must have 1 to 1024',
    ],
    ['a large body', PATH, ' '.repeat(1024 * 1024 + 1), 413, 'The body is too large.'],
  ])('refuses %s in the protocol’s form, counts it, and asks no version', async (_what, path, body, status, error) => {
    const batches = foreign.batches.length;
    const invalid = 'prediction_errors_total{version="none",reason="invalid"}';
    const before = await gateway.metric(invalid);
    const answer = await gateway.post(path, body);
    expect({ status: answer.status, body: answer.body }).toEqual({
      status,
      body: { error: typeof error === 'string' ? error : expect.stringMatching(error) },
    });
    expect(answer.headers.get('x-request-id')).toMatch(/./);
    expect(await gateway.metric(invalid)).toBe(before + 1);
    expect(foreign.batches.length).toBe(batches);
  });

  it('refuses names that two servers could read differently, and broken ones', async () => {
    for (const path of [
      '/v2/models/%69ris/infer',
      '/v2/models/iris/versions/%76%31/infer',
      '/v2/models/%E0%A4%A/infer',
      '/v2/models/iris/versions/%/infer',
      '/v2/%ff',
    ])
      expect([path, (await gateway.post(path, request(1))).status]).toEqual([path, 400]);
  });

  it('refuses any malformed tensor with a 4xx, and stays up', async () => {
    const good = request(1).inputs[0] as object;
    const replaced = fc
      .tuple(fc.constantFrom('shape', 'datatype', 'data', 'parameters'), fc.jsonValue())
      .filter(([field, value]) => !isFine(field, value))
      .map(([field, value]) => ({ inputs: [{ ...good, [field]: value }] }));
    const body = fc.oneof(
      replaced,
      fc.jsonValue().map((inputs) => ({ inputs })),
      fc
        .jsonValue()
        .filter((value) => !Array.isArray(value) || value.length > 0)
        .map((outputs) => request(1, { outputs })),
      fc.jsonValue(),
    );
    const length = fc.option(fc.oneof(fc.nat(400).map(String), fc.stringMatching(/^[\w.-]{1,12}$/)), { freq: 4 });
    await fc.assert(
      fc.asyncProperty(body, length, async (value, header) => {
        const headers = header === null ? {} : { 'inference-header-content-length': header };
        const { status, body: answer } = await gateway.post(PATH, JSON.stringify(value), headers);
        expect({ status, answer }).toEqual({
          status: expect.any(Number),
          answer: { error: expect.stringMatching(/\S/) },
        });
        expect([status >= 400, status < 500]).toEqual([true, true]);
        expect(answer.error.length).toBeLessThan(1000);
      }),
      { numRuns: 300, seed: 6 },
    );
    expect((await gateway.post(PATH, request(1))).status).toBe(200);
    expect(gateway.logged()).not.toContain('"level":50');
  });
});

/** Values that leave a good tensor good. */
function isFine(field: string, value: unknown): boolean {
  if (field === 'parameters') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (field === 'datatype') return typeof value === 'string' && /^(U?INT|FP)\d+$/.test(value);
  return Array.isArray(value) && JSON.stringify(value.flat(2)).split(',').length === (field === 'data' ? 4 : 2);
}
