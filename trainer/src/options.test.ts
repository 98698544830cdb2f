import { describe, expect, it } from 'vitest';
import { helpText, nameOf, readOptions } from './options.ts';

const read = (...args: string[]) => readOptions(args, {}, '/home/me');

describe('the trainer’s options', () => {
  it('train both versions on the bundled Iris data when there are none', () => {
    expect(read()).toMatchObject({
      name: undefined,
      target: undefined,
      seed: 42,
      force: false,
      forests: [
        { version: 'v1', trees: 50, depth: 5 },
        { version: 'v2', trees: 100, depth: 7 },
      ],
    });
  });

  it('take any data, starting at the user’s folder', () => {
    const options = read(
      '--data',
      'my.csv',
      '--target',
      'label',
      '--out',
      'there',
      '--forest',
      'v3=10x2',
      '--seed',
      '0',
    );
    expect(options).toMatchObject({
      data: '/home/me/my.csv',
      dataTitle: 'my.csv',
      target: 'label',
      out: '/home/me/there',
      forests: [{ version: 'v3', trees: 10, depth: 2 }],
      seed: 0,
    });
  });

  it('call the model as the file, unless it has a name', () => {
    expect([nameOf(read(), 'iris.csv'), nameOf(read(), 'a.b.tsv.gz')]).toEqual(['iris', 'a.b']);
    expect(nameOf(read('--name', 'mine'), 'my data.csv')).toBe('mine');
    expect(() => nameOf(read(), 'my data.csv')).toThrow(/^--name "my data" is not allowed: must consist of at most 63/);
  });

  it('take the output folder from ARTIFACTS_DIR', () => {
    expect(readOptions([], { ARTIFACTS_DIR: '/artifacts' }, '/').out).toBe('/artifacts');
  });

  it('publish into the registry beside the usual folder, unless a place or another folder is named', () => {
    const place = (args: string[], env: Record<string, string> = {}) => readOptions(args, env, '/home/me').registry;
    expect(place([])?.registry).toMatch(/\/artifacts\/registry$/);
    expect(place([], { ARTIFACTS_DIR: 'mine' })?.registry).toBe('/home/me/mine/registry');
    expect(place(['--out', 'there'])).toBeUndefined();
    expect(place(['--out', 'there'], { REGISTRY_URL: 's3://b/p' })?.registry).toBe('s3://b/p');
    expect(place(['--registry', 'r'], { REGISTRY_URL: 's3://b/p' })?.registry).toBe('/home/me/r');
    expect(place(['--no-registry'], { REGISTRY_URL: 's3://b/p' })).toBeUndefined();
    expect(() => read('--registry', 'r', '--no-registry')).toThrow('contradict each other');
  });

  it('know the command that does something in the registry', () => {
    const command = (args: string[], model: string, env: Record<string, string> = {}) =>
      readOptions(args, env, '/home/me').registry?.command('alias challenger 3', model);
    expect(command([], 'iris')).toBe('npm run registry -- alias challenger 3');
    expect(command(['--registry', 'r'], 'mine')).toBe(
      'npm run registry -- alias challenger 3 --registry /home/me/r --model mine',
    );
    const compose = { REGISTRY_COMMAND: 'docker compose run --rm registry', MODEL_NAME: 'mine' };
    expect(command([], 'mine', compose)).toBe('docker compose run --rm registry alias challenger 3');
  });

  it('know the command that sends releases to MLflow later, when there is an MLflow', () => {
    const mlflow = (args: string[], env: Record<string, string> = {}) => readOptions(args, env, '/home/me').mlflow;
    const env = { MLFLOW_TRACKING_URI: 'http://ml:5000/' };
    expect(mlflow([])).toBeNull();
    expect(mlflow([], env)?.config).toEqual({ url: 'http://ml:5000', login: null });
    expect(mlflow(['--registry', 'r'], env)?.sync('mine')).toBe(
      'npm run mlflow -- sync --registry /home/me/r --model mine',
    );
    expect(mlflow([], { ...env, MLFLOW_COMMAND: 'docker compose run --rm x' })?.sync('iris')).toBe(
      'docker compose run --rm x sync',
    );
    expect(() => mlflow([], { MLFLOW_TRACKING_URI: 'databricks' })).toThrow('MLFLOW_TRACKING_URI is not allowed');
  });

  it.each([
    [['--seed', 'x'], '--seed "x" is not allowed: must be a whole number from 0 to 2147483647'],
    [['--seed', '2147483648'], '--seed "2147483648" is not allowed: must be a whole number from 0 to 2147483647'],
    [['--workers', '0'], '--workers "0" is not allowed: must be a whole number from 1 to 256'],
    [
      ['--forest', 'v1=0x5'],
      '--forest "v1=0x5" is not allowed: must be a version, 1 to 2000 trees and a depth of 1 to 30, as in v1=50x5',
    ],
    [['--forest', '../v1=5x5'], /^--forest "..\/v1=5x5" is not allowed/],
    [['--forest', 'v1=5x5', '--forest', 'v1=6x6'], '--forest names one version twice'],
    [['--name', 'a/b'], /^--name "a\/b" is not allowed: must consist of at most 63 letters/],
    [['--leaves', 'x'], '--leaves "x" is not allowed: must be votes or shares'],
    [['--type', 'x'], /^--type "x" is not allowed: must be a column and number, category/],
    [['--header', '--no-header'], '--header and --no-header contradict each other'],
    [['--nope'], "Unknown option '--nope' (--help lists the options)"],
    [['stray'], /^Unexpected argument 'stray'.*\(--help lists the options\)$/],
  ])('refuse %j in one line', (args, message) => {
    expect(() => read(...args)).toThrow(message);
  });

  it('are all in the help', () => {
    const flags = [
      'data',
      'leaves',
      'target',
      'name',
      'forest',
      'seed',
      'out',
      'workers',
      'force',
      'keep-others',
      'help',
    ];
    const table = [
      'describe',
      'prepare',
      'drop',
      'only',
      'type',
      'drop-missing',
      'drop-rare',
      'sample',
      'no-header',
      'header',
    ];
    for (const flag of [...flags, ...table]) expect(helpText).toContain(`--${flag}`);
  });
});
