import { describe, expect, it } from 'vitest';
import { versionAccess } from './version-paths.ts';

describe('a request for the servers of versions', () => {
  it.each([
    ...[
      'GET /v2',
      'HEAD /v2',
      'GET /v2/health/live',
      'GET /v2/health/ready',
      'GET /v2/models/iris',
      'GET /v2/models/iris/ready',
    ],
    ...['GET /v2/models/iris/versions/v1', 'GET /v2/models/iris/versions/v1/ready', 'GET /v2/models/my%20model?x=//'],
    ...['POST /v2/models/iris/infer', 'POST /v2/models/iris/versions/v2/infer', 'POST /v2/models/Gr%C3%BCn/infer'],
    ...['GET /models/v1/model-info', 'GET /models/v1/health', 'GET /models/v1/ready', 'GET /models/v1/v2/models/iris'],
    ...['GET /models/v1/report', 'GET /models/v1/report/roc_curve.png', 'HEAD /models/v2/report/report.json'],
    ...['POST /models/v1/v2/models/iris/infer'],
  ])('is open to clients: %s', (line) => {
    expect(versionAccess(...(line.split(' ') as [string, string]))).toBe('open');
  });

  it.each([
    'DELETE /v2/models/iris',
    'POST /v2/models/iris',
    'PUT /v2/models/iris/infer',
    'GET /v2/models/iris/infer',
    'POST /v2',
    'get /v2',
    'OPTIONS /v2',
    'PATCH /v2?/v2/models/iris',
  ])('has no such method: %s', (line) => {
    expect(versionAccess(...(line.split(' ') as [string, string]))).toBe('method');
  });

  it.each([
    ...['POST /v2/repository/models/iris/unload', 'POST /v2/repository/index', 'GET /v2/repository/index'],
    ...['GET /v2/', 'GET /v2/models'],
    ...['GET /v2/models/iris/stats', 'GET /v2/models/stats', 'POST /v2/models/iris/generate', 'GET /V2'],
    ...[
      'POST /v2/models/iris/INFER',
      'POST /v2/models/iris/infer/',
      'POST /v2/logging',
      'GET /models/v1',
      'GET /models/v1/',
    ],
    ...[
      'GET /models/v1/metrics',
      'POST /models/v1/predict',
      'POST /models/v1/v2/repository/models/iris/load',
      'GET /models',
      'GET /models/v1/report/test-rows.json.gz',
      'GET /models/v1/report/',
    ],
  ])('requires the admin token: %s', (line) => {
    expect(versionAccess(...(line.split(' ') as [string, string]))).toBe('admin');
  });

  it.each([
    ...[
      '/v2//models/iris',
      '/v2/models/../repository/index',
      '/v2/models/./iris',
      '/v2/models/iris/..',
      '/v2/models/%2e%2e/x',
    ],
    ...[
      '/v2/models/a%2Fb',
      '/v2/models/a%5Cb',
      '/v2\\models',
      '/v2/models/iris;x',
      '/v2/models/iris%3Bx',
      '/v2/models/%69ris',
    ],
    ...[
      '/models/%76%31/model-info',
      '/v2/models/iris%00',
      '/v2/models/iris%0d%0a',
      '/v2/models/%252e',
      '/v2/models/%',
      '/v2/models/%zz',
    ],
    ...[
      '/v2/models/%ff',
      '/v2/models/iris#x',
      '/v2/models/iris%3Fx',
      '/V2//x',
      '/models//v1',
      '/v2;/models',
      '/v2/models/é',
    ],
  ])('is refused when it can be read in two ways: %s', (path) => {
    expect(versionAccess('GET', path)).toBe('unclear');
  });

  it.each(['/predict', '/v20', '/modelsx', '/model-info', '/'])('is not %s', (path) => {
    expect(versionAccess('GET', path)).toBeNull();
  });
});
