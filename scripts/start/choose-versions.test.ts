import { expect, it } from 'vitest';
import { chooseVersions } from './choose-versions.ts';

const trained = (...versions: string[]) =>
  versions.map((version) => ({ version, model: 'iris', folder: `/a/${version}` }));
const both = { champion: 1, challenger: 2 };
/** The source of each version that runs, undefined for its folder. */
const sources = (facts: Partial<Parameters<typeof chooseVersions>[0]>) => {
  const all = {
    model: 'iris',
    artifacts: '/a',
    found: trained('v1', 'v2'),
    aliases: both,
    env: {},
    userFolder: '/home/me',
  };
  return Object.fromEntries(chooseVersions({ ...all, ...facts }).map(({ version, source }) => [version, source]));
};
const champion = 'registry:iris@champion';
const challenger = 'registry:iris@challenger';

it('lets v1 follow the champion and v2 the challenger, and serves later versions from their folders', () => {
  expect(sources({ found: trained('v1', 'v2', 'v10') })).toEqual({ v1: champion, v2: challenger, v10: undefined });
  expect(sources({ model: 'mine' })).toEqual({ v1: 'registry:mine@champion', v2: 'registry:mine@challenger' });
});

it('needs no folder of a version that follows', () => {
  expect(sources({ found: [] })).toEqual({ v1: champion, v2: challenger });
  expect(sources({ found: [], aliases: { champion: 1, challenger: null } })).toEqual({ v1: champion });
});

it('serves folders where the registry has nothing, and has no v2 where there is neither', () => {
  const none = { champion: null, challenger: null };
  expect(sources({ aliases: none })).toEqual({ v1: undefined, v2: undefined });
  expect(sources({ aliases: none, found: trained('v1') })).toEqual({ v1: undefined });
  expect(sources({ aliases: { champion: 1, challenger: null }, found: trained('v1') })).toEqual({ v1: champion });
});

it('follows while the registry cannot be read, for the sake of kept copies', () => {
  expect(sources({ aliases: null, found: trained('v1', 'v3') })).toEqual({ v1: champion, v3: undefined });
});

it('serves what the environment says, and leaves out what runs elsewhere', () => {
  const env = { MODEL_V2_SOURCE: 'artifacts/v2', MODEL_V3_SOURCE: 'registry:iris@7', MODEL_V1_SOURCE: '' };
  expect(sources({ env })).toEqual({ v1: champion, v2: '/home/me/artifacts/v2', v3: 'registry:iris@7' });
  expect(sources({ env: { MODEL_V1_SOURCE: 'mlflow:iris@champion' } })).toMatchObject({ v1: 'mlflow:iris@champion' });
  expect(sources({ env: { MODEL_V2_URL: 'http://elsewhere:9' } })).toEqual({ v1: champion });
});
