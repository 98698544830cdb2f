import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { placeOfReleases } from './place-of-releases.ts';

const place = (option: string | undefined, env = {}) => placeOfReleases(option, env, '/home/me');

it('is what the option says, else the environment, else beside the artifacts of the checkout', () => {
  expect(place('/there', { REGISTRY_URL: '/not' })).toBe('/there');
  expect(place(undefined, { REGISTRY_URL: 's3://b/p', ARTIFACTS_DIR: '/not' })).toBe('s3://b/p');
  expect(place(undefined, { ARTIFACTS_DIR: '/a' })).toBe('/a/registry');
  expect(place(undefined)).toBe(fileURLToPath(new URL('../../artifacts/registry', import.meta.url)));
});

it('starts relative folders where npm was started, as npm start and the trainer do', () => {
  expect(place('there')).toBe('/home/me/there');
  expect(place(undefined, { REGISTRY_URL: '../there' })).toBe('/home/there');
  expect(place(undefined, { ARTIFACTS_DIR: 'mine' })).toBe('/home/me/mine/registry');
});
