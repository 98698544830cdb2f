import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from '@coppice/registry/registry';
import { FolderStore } from '@coppice/registry/stores/folder-store';
import type { ObjectStore } from '@coppice/registry/stores/object-store';
import { StoreUnavailableError } from '@coppice/registry/stores/object-store';
import { releaseFiles } from '@coppice/testkit/release-files';
import { until } from '@coppice/testkit/waiting/until';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptCopy } from '../source/kept-copy.ts';
import { RegistrySource, type Selector } from '../source/registry-source.ts';
import { ModelHost } from './model-host.ts';

let folder: string;
let registry: Registry;
/** The server's own way to the same registry, which a test can cut. */
let away: boolean;
/** How often that way was tried. */
let looks: number;
const hosts: ModelHost[] = [];
const by = { who: 'test', reason: '' };
const log = pino({ level: 'silent' });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-follow-'));
  registry = new Registry(new FolderStore(join(folder, 'registry')), { model: 'iris' });
  away = false;
  looks = 0;
});
afterEach(() => {
  for (const host of hosts.splice(0)) host.stop();
  rmSync(folder, { recursive: true });
});

const publish = (shift: number, spoil?: (files: Map<string, Uint8Array>) => void) => {
  const files = releaseFiles({ shift });
  spoil?.(files);
  return registry.publish({ files, lineage: { data: null, commit: null, parent: null }, who: 'test' });
};

function hostOf(selector: Selector): ModelHost {
  const store = new FolderStore(join(folder, 'registry'));
  const cut = <T>(work: () => Promise<T>) => {
    looks += 1;
    return away ? Promise.reject(new StoreUnavailableError('no route')) : work();
  };
  const link: ObjectStore = {
    ...{
      place: store.place,
      create: (...args) => cut(() => store.create(...args)),
      put: (...args) => cut(() => store.put(...args)),
    },
    ...{ read: (key) => cut(() => store.read(key)), list: (...args) => cut(() => store.list(...args)) },
    remove: (key) => cut(() => store.remove(key)),
  };
  const source = new RegistrySource(
    new Registry(link, { model: 'iris' }),
    selector,
    new KeptCopy(join(folder, 'kept')),
  );
  const host = new ModelHost({ modelName: 'iris', modelVersion: 'v1', source, log, retryMs: 5, mendMs: 300 });
  hosts.push(host);
  return host;
}

/** The release and its label for a row of class 0, which `shift` moves. */
async function served(host: ModelHost): Promise<[number | null, number]> {
  const { status } = host;
  if (!status.ready) throw new Error(status.reason);
  const [labels] = await status.model.infer(Float64Array.of(0, 0), 1, [status.model.labelName]);
  return [status.release, Number(labels?.data[0])];
}

describe('a server that follows an alias', () => {
  it('serves what it names, and another release soon after it moves', async () => {
    await publish(0);
    await publish(1);
    const host = hostOf('champion');
    await host.start();
    expect(host.status).toMatchObject({ ready: false, reason: expect.stringContaining('iris has no champion in') });
    await registry.setAlias('champion', 1, by);
    await until(async () => expect(await served(host)).toEqual([1, 0]));
    await registry.setAlias('champion', 2, by);
    await until(async () => expect(await served(host)).toEqual([2, 1]));
    expect(host.status).toMatchObject({ warning: null });
  });

  it('answers by the old model what the old one was asked, while the new one is switched in', async () => {
    await publish(0);
    await publish(1);
    await registry.setAlias('champion', 1, by);
    const host = hostOf('champion');
    await host.start();
    const seen = new Set<string>();
    let going = true;
    const asking = (async () => {
      while (going) {
        const before = host.status;
        const [release, label] = await served(host);
        expect(label).toBe((release as number) - 1);
        seen.add(`${before.ready} ${release}`);
        await new Promise(setImmediate);
      }
    })();
    for (let swap = 0; swap < 6; swap++) {
      const to = swap % 2 ? 1 : 2;
      await registry.setAlias('champion', to, by);
      await until(async () => expect((await served(host))[0]).toBe(to));
    }
    going = false;
    await asking;
    expect([...seen].sort()).toEqual(['true 1', 'true 2']);
  });

  it('goes on serving when the next release cannot be served, and says why', async () => {
    const first = await publish(0);
    const second = await publish(1);
    await registry.setAlias('champion', first.number, by);
    const host = hostOf('champion');
    await host.start();
    await new FolderStore(join(folder, 'registry')).put(
      `iris/blobs/${second.files['model.onnx']?.sha256}`,
      Buffer.from('x'),
    );
    await registry.setAlias('champion', second.number, by);
    await until(() =>
      expect(host.status).toMatchObject({
        release: 1,
        warning: expect.stringMatching(
          /^the next model cannot be served: model\.onnx of release 2 .* is not what was published$/,
        ),
      }),
    );
    expect(await served(host)).toEqual([1, 0]);
    // copied whole by now
    const onnx = releaseFiles({ shift: 1 }).get('model.onnx') as Uint8Array;
    await new FolderStore(join(folder, 'registry')).put(`iris/blobs/${second.files['model.onnx']?.sha256}`, onnx);
    await until(async () => expect(await served(host)).toEqual([2, 1]));
    expect(host.status).toMatchObject({ warning: null });
  });

  it('stays at a number', async () => {
    await publish(0);
    await publish(1);
    const host = hostOf(1);
    await host.start();
    expect(await served(host)).toEqual([1, 0]);
  });
});

describe('while the registry is away', () => {
  it('a server goes on serving, and one that starts serves its kept copy and says so', async () => {
    await publish(0);
    await publish(1);
    await registry.setAlias('challenger', 2, by);
    const first = hostOf('challenger');
    await first.start();
    await until(async () => expect(await readdir(join(folder, 'kept'))).toContain('kept.json'));
    away = true;
    await until(() => expect(first.status).toMatchObject({ release: 2, warning: expect.stringContaining('no route') }));
    const second = hostOf('challenger');
    await second.start();
    expect(await served(second)).toEqual([2, 1]);
    expect(second.status).toMatchObject({
      warning: expect.stringMatching(/^serves the kept copy of release 2: the registry cannot be read: no route$/),
    });
    // as long as it is away
    const before = looks;
    await until(() => expect(looks).toBeGreaterThan(before + 6));
    expect(second.status).toMatchObject({ warning: expect.stringMatching(/^serves the kept copy of release 2/) });
    away = false;
    await until(() => expect(second.status).toMatchObject({ release: 2, warning: null }));
    await registry.setAlias('challenger', 1, by);
    await until(async () => expect(await served(second)).toEqual([1, 0]));
  });

  it('a server that stays at a number starts with its kept copy, too', async () => {
    await publish(0);
    await publish(1);
    await hostOf(2).start();
    await until(async () => expect(await readdir(join(folder, 'kept'))).toContain('kept.json'));
    away = true;
    const second = hostOf(2);
    await second.start();
    expect(await served(second)).toEqual([2, 1]);
  });

  it('a server whose kept copy is damaged serves that release once the registry is back', async () => {
    await publish(0);
    await registry.setAlias('champion', 1, by);
    await hostOf('champion').start();
    await until(async () => expect(await readdir(join(folder, 'kept'))).toContain('kept.json'));
    const [copy = ''] = (await readdir(join(folder, 'kept'))).filter((name) => name.startsWith('1-'));
    await writeFile(join(folder, 'kept', copy, 'model.onnx'), 'half');
    away = true;
    const second = hostOf('champion');
    await second.start();
    expect(second.status).toMatchObject({ ready: false });
    away = false;
    await until(async () => expect(await served(second)).toEqual([1, 0]));
  });

  it('a server that never served is not ready, with the reason', async () => {
    away = true;
    const host = hostOf('champion');
    await host.start();
    expect(host.status).toEqual({ ready: false, reason: 'the registry cannot be read: no route' });
  });
});
