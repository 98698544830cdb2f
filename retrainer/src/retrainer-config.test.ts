import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findAdminToken } from './gateway/find-admin-token.ts';
import { readRetrainerConfig, USUAL_GATE } from './retrainer-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'coppice-retrainer-'));
afterAll(() => rmSync(folder, { recursive: true }));
const read = (env: Record<string, string> = {}) => readRetrainerConfig(env, folder);

describe('the settings of the retrainer', () => {
  it('are those of docs/settings.md by default: a person approves, and nothing is open', () => {
    expect(read()).toMatchObject({
      ...{ model: 'iris', gateway: 'http://127.0.0.1:5000', data: undefined, schedule: null, token: undefined },
      ...{ limits: { coolDownHours: 24, mostPerDay: 3 }, minRows: 200, days: 90, mostRows: 100_000, auto: false },
      ...{ leaseMs: 30_000, lookMs: 5000, port: 8090, targets: null, rules: [{ line: USUAL_GATE }] },
    });
  });

  it('find files from the folder in which a person called npm', () => {
    writeFileSync(join(folder, 'gate.txt'), 'accuracy >= 0.9\n');
    const config = read({ RETRAIN_DATA: 'my.csv', REGISTRY_URL: 'releases', GATE_FILE: 'gate.txt' });
    expect(config).toMatchObject({ data: join(folder, 'my.csv'), registry: join(folder, 'releases') });
    expect(config.rules.map(({ line }) => line)).toEqual(['accuracy >= 0.9']);
    mkdirSync(join(folder, 'mine'));
    writeFileSync(join(folder, 'mine/admin-token'), 'a-token\n');
    expect(findAdminToken({ DATA_DIR: 'mine' }, folder)).toBe('a-token');
  });

  it.each([
    [{ RETRAIN_TOKEN: 'short' }, 'RETRAIN_TOKEN is not allowed: must be 16 or more characters'],
    [{ RETRAIN_SCHEDULE: 'daily' }, 'RETRAIN_SCHEDULE=daily is not allowed'],
    [{ RETRAIN_ROLLOUT: 'yes' }, 'RETRAIN_ROLLOUT=yes is not allowed: must be one of person, auto'],
    [{ RETRAIN_COOL_DOWN: '-1' }, 'RETRAIN_COOL_DOWN=-1 is not allowed'],
    [{ RETRAIN_MIN_ROWS: '3' }, 'RETRAIN_MIN_ROWS=3 is not allowed'],
    [{ GATE_FILE: '/nowhere/gate.txt' }, 'GATE_FILE=/nowhere/gate.txt cannot be read (ENOENT)'],
  ])('stop the start as %j', (env, message) => {
    expect(() => read(env)).toThrow(message);
  });

  it('refuse an address of the gateway with a password, which jobs and logs would show', () => {
    const reading = () => read({ GATEWAY_URL: 'http://ann:secret@gateway:5000' });
    expect(reading).toThrow('GATEWAY_URL=http://***@gateway:5000 is not allowed: must hold no user and no password');
    expect(reading).not.toThrow('secret');
  });

  it('refuse a gate with a wrong line, and one without any', () => {
    for (const [text, why] of [
      ['beauty >= 1', 'is not allowed: line 1: '],
      ['# nothing', 'is not allowed: it has no line with a condition'],
    ] as const) {
      writeFileSync(join(folder, 'wrong.txt'), text);
      expect(() => read({ GATE_FILE: join(folder, 'wrong.txt') })).toThrow(why);
    }
  });
});
