import { presetNames } from '@coppice/contract';
import { describe, expect, it } from 'vitest';
import { parseWeightsArguments, UsageError } from './weights-arguments.ts';

const gateway = 'http://127.0.0.1:5000';
const read = (line: string, env = {}) => parseWeightsArguments(line === '' ? [] : line.split(' '), env);

describe('npm run weights', () => {
  it.each([
    ['', { do: 'show', gateway }],
    ['--help', { do: 'help' }],
    ['--gateway https://a.example:8443/', { do: 'show', gateway: 'https://a.example:8443' }],
    [
      'v1=90 v2=10 --reason canary',
      { do: 'change', gateway, patch: { weights: { v1: 90, v2: 10 }, reason: 'canary' } },
    ],
    ['rollback', { do: 'change', gateway, patch: { preset: 'rollback', reason: 'preset rollback, from a terminal' } }],
    ['rollback -r wrong', { do: 'change', gateway, patch: { preset: 'rollback', reason: 'wrong' } }],
    ['full -r go --revision 7', { do: 'change', gateway, patch: { preset: 'full', reason: 'go', revision: 7 } }],
    ['--shadow v2 -r see', { do: 'change', gateway, patch: { shadow: 'v2', reason: 'see' } }],
    [
      'equal --shadow none',
      { do: 'change', gateway, patch: { preset: 'equal', shadow: null, reason: expect.any(String) } },
    ],
  ])('reads "%s"', (line, expected) => {
    expect(read(line)).toEqual(expected);
  });

  it.each([
    ['--gateway ftp://user:secret@host', '--gateway ftp://***@host is not allowed'],
    ['v1=1.5 -r x', 'v1=1.5 is not allowed: must be version=weight'],
    ['v1=-1 -r x', 'v1=-1 is not allowed: must be version=weight'],
    ['v1= -r x', 'v1= is not allowed: must be version=weight'],
    ['v1=1 v1=2 -r x', 'v1=2 is not allowed: v1 is given twice'],
    ['v1=1 v2=2', 'a reason is required'],
    ['v1=1 rollback -r x', 'rollback is not allowed: must be version=weight'],
    ['rollback v1=1', 'rollback v1=1 is not allowed: must be a preset'],
    ['rolback', `rolback is not allowed: must be a preset (${presetNames.join(', ')}) or weights`],
    ['--reason x', '--reason and --revision belong to a change'],
    ['full --revision newest', '--revision newest'],
    ['--gateway gateway:5000', '--gateway gateway:5000'],
    ['--bogus', "Unknown option '--bogus'"],
  ])('refuses "%s"', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });

  const route = { namespace: 'shop', name: 'coppice-models' };
  it.each([
    ['--kubernetes shop/coppice-models', {}, { do: 'show route', route }],
    ['', { KUBERNETES_ROUTE: 'shop/coppice-models', GATEWAY_URL: 'http://host:1' }, { do: 'show route', route }],
    ['--gateway http://host:1', { KUBERNETES_ROUTE: 'a/b' }, { do: 'show', gateway: 'http://host:1' }],
    [
      'v1=90 v2=10 -r canary --revision 7 --kubernetes shop/coppice-models --kind httproute',
      { KUBERNETES_ROUTE: 'a/b' },
      {
        do: 'change route',
        route: { ...route, kind: 'httproute' },
        patch: { weights: { v1: 90, v2: 10 }, reason: 'canary', revision: 7 },
      },
    ],
  ])('reads "%s" for a route', (line, env, expected) => {
    expect(read(line, env)).toEqual(expected);
  });

  it.each([
    ['--kubernetes coppice-models', '--kubernetes coppice-models is not allowed: must be NAMESPACE/NAME'],
    ['--kubernetes a/b/c', 'must be NAMESPACE/NAME'],
    ['--kubernetes=--all/b', 'must be NAMESPACE/NAME'],
    ['--kubernetes=', 'must be NAMESPACE/NAME'],
    ['--kubernetes a/b --gateway http://c', '--gateway and --kubernetes are two places'],
    ['--kubernetes a/b --kind ingress', '--kind ingress is not allowed: must be httproute or virtualservice'],
    ['--kind httproute', '--kind belongs to --kubernetes'],
    ['--kubernetes a/b --shadow v2 -r x', '--shadow needs the gateway'],
    [`--kubernetes a/b v1=1 -r ${'x'.repeat(501)}`, '--reason is too long: must be at most 500 characters'],
  ])('refuses "%s" for a route', (line, message) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(message);
  });

  it('finds the gateway by its port or address in the environment', () => {
    expect(read('', { GATEWAY_PORT: '5050' })).toMatchObject({ gateway: 'http://127.0.0.1:5050' });
    expect(read('', { BIND_ADDRESS: '::' })).toMatchObject({ gateway: 'http://[::1]:5000' });
    expect(read('', { GATEWAY_URL: 'http://host:1', GATEWAY_PORT: '2' })).toMatchObject({ gateway: 'http://host:1' });
  });
});
