import { expect, it } from 'vitest';
import { MlflowAwayError } from './mlflow-client.ts';
import { runMirror } from './run-mirror.ts';

it('says what was done, each trouble once, and that it is over; ends after a look', async () => {
  const ending = new AbortController();
  const away = () => Promise.reject(new Error('MLflow at x cannot be reached: refused'));
  const looks = [
    async () => ['release 1 is version 1 in MLflow'],
    ...[away, away],
    () => Promise.reject(new Error('the registry is away')),
    async () => {
      ending.abort();
      return ['champion in MLflow: none → version 1, release 1'];
    },
  ];
  const said: string[] = [];
  const look = () => (looks.shift() as () => Promise<string[]>)();
  await runMirror({ mirror: { look }, everyMs: 1, signal: ending.signal, say: (line) => said.push(line) });
  expect([said, looks.length]).toEqual([
    [
      'release 1 is version 1 in MLflow',
      'MLflow at x cannot be reached: refused; tries again every 0.001 s',
      'the registry is away; tries again every 0.001 s',
      'MLflow and the registry answer again',
      'champion in MLflow: none → version 1, release 1',
    ],
    0,
  ]);
});

it('says one outage once, however many reasons it has', async () => {
  const ending = new AbortController();
  const away = (why: string) => () => Promise.reject(new MlflowAwayError(`MLflow at x cannot be reached: ${why}`));
  const looks = [
    ...[away('other side closed'), away('connect ECONNREFUSED'), away('no answer in 10 s')],
    async () => {
      ending.abort();
      return [];
    },
  ];
  const said: string[] = [];
  const look = () => (looks.shift() as () => Promise<string[]>)();
  await runMirror({ mirror: { look }, everyMs: 1, signal: ending.signal, say: (line) => said.push(line) });
  expect(said).toEqual([
    'MLflow at x cannot be reached: other side closed; tries again every 0.001 s',
    'MLflow and the registry answer again',
  ]);
});
