import { expect, it } from 'vitest';
import { registryPlace } from './registry-place.ts';

it.each([
  ['releases', '/home/me/releases'],
  ['/srv/releases', '/srv/releases'],
  ['s3://bucket/prefix', 's3://bucket/prefix'],
  ['file:///srv/releases', 'file:///srv/releases'],
])('finds %s from any working folder', (text, place) => {
  expect(registryPlace(text, '/home/me')).toBe(place);
});
