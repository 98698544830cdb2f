import { delimiter } from 'node:path';
import { expect, it } from 'vitest';
import { dvcEnvironment } from './dvc-environment.ts';

const places = { root: '/coppice', dvc: '/cache/bin/dvc', cwd: '/home/me' };

it('puts the pinned Node before all else, and the folder of its own DVC behind it', () => {
  const { PATH } = dvcEnvironment({ PATH: '/usr/bin' }, places);
  expect(PATH?.split(delimiter)).toEqual(['/coppice/node_modules/.bin', '/cache/bin', '/usr/bin']);
  expect(dvcEnvironment({ PATH: '/usr/bin' }, { ...places, dvc: 'dvc' }).PATH?.split(delimiter)).toHaveLength(2);
});

it('says where the registry is, whatever folder the stages run in', () => {
  expect(dvcEnvironment({ REGISTRY_URL: 'mine', INIT_CWD: '/home/me' }, places)).toMatchObject({
    REGISTRY_URL: '/home/me/mine',
  });
  expect(dvcEnvironment({ REGISTRY_URL: 's3://b/p' }, places).REGISTRY_URL).toBe('s3://b/p');
  expect(dvcEnvironment({ INIT_CWD: '/home/me' }, places)).not.toHaveProperty('INIT_CWD');
});

it('names the region as boto does, and sends no statistics', () => {
  expect(dvcEnvironment({ AWS_REGION: 'eu-central-1' }, places)).toMatchObject({
    ...{ AWS_DEFAULT_REGION: 'eu-central-1', DVC_NO_ANALYTICS: '1' },
  });
  expect(dvcEnvironment({ AWS_REGION: '' }, places)).not.toHaveProperty('AWS_DEFAULT_REGION');
});
