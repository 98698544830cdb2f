import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Header, type HeaderData } from 'tar';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { pack, withUnpacked } from './archive.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coppice-archive-'));
  file = join(folder, 'backup.tar.gz');
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('packing', () => {
  it('never lets others read the archive, from its first byte on', async () => {
    const from = join(folder, 'from');
    mkdirSync(from);
    writeFileSync(join(from, 'coppice.db'), Buffer.alloc(8_000_000, 'row'));
    const before = process.umask(0o022);
    onTestFinished(() => void process.umask(before));
    const modes = new Set<number>();
    const packing = pack(from, file);
    for (let done = false; !done; ) {
      for (const name of readdirSync(folder).filter((one) => one.startsWith('backup')))
        modes.add(statSync(join(folder, name)).mode & 0o777);
      done = await Promise.race([packing.then(() => true), new Promise<false>((next) => setImmediate(next, false))]);
    }
    expect([...modes, statSync(file).mode & 0o777]).toEqual([0o600, 0o600]);
    expect(readdirSync(folder).toSorted()).toEqual(['backup.tar.gz', 'from']);
  });
});

describe('unpacking', () => {
  it('takes a plain archive of tar(1), and gives what it holds to its owner alone', async () => {
    const from = join(folder, 'from');
    mkdirSync(join(from, 'artifacts/v1'), { recursive: true });
    for (const name of ['coppice.db', 'admin-token', 'artifacts/v1/model.onnx'])
      writeFileSync(join(from, name), name, { mode: 0o666 });
    execFileSync('chmod', ['-R', '6777', from]);
    execFileSync('tar', ['-czf', file, '-C', from, '.']);
    const modes = await withUnpacked(file, async (to) =>
      ['coppice.db', 'admin-token', 'artifacts', 'artifacts/v1', 'artifacts/v1/model.onnx'].map((name) =>
        (lstatSync(join(to, name)).mode & 0o7777).toString(8),
      ),
    );
    expect(modes).toEqual(['600', '600', '700', '700', '600']);
  });

  it.each<[string, HeaderData, string]>([
    ['a symbolic link', { type: 'SymbolicLink', path: 'admin-token', linkpath: '/etc/passwd' }, 'is a SymbolicLink'],
    ['a link inside', { type: 'SymbolicLink', path: 'artifacts', linkpath: 'coppice.db' }, 'is a SymbolicLink'],
    ['a hard link', { type: 'Link', path: 'admin-token', linkpath: 'coppice.db' }, 'is a Link'],
    ['a FIFO', { type: 'FIFO', path: 'admin-token' }, 'is a FIFO'],
    ['a device', { type: 'CharacterDevice', path: 'admin-token', devmaj: 1, devmin: 3 }, 'is a CharacterDevice'],
    ['an absolute name', { type: 'File', path: '/tmp/coppice-evil' }, 'lies outside'],
    ['a Windows drive', { type: 'File', path: 'C:\\evil' }, 'lies outside'],
    ['a name above', { type: 'File', path: '../evil' }, 'lies outside'],
    ['a name above, within', { type: 'File', path: 'artifacts/../../evil' }, 'lies outside'],
    ['a name above, with backslashes', { type: 'File', path: 'artifacts\\..\\..\\evil' }, 'lies outside'],
    ['a terminal sequence in a name', { type: 'FIFO', path: 'a\u001b[2Jb' }, 'is a FIFO'],
  ])('refuses %s, before it writes anything', async (_what, entry, message) => {
    writeFileSync(file, archiveOf({ type: 'File', path: 'coppice.db' }, entry));
    let used = false;
    const use = async () => {
      used = true;
    };
    await expect(withUnpacked(file, use)).rejects.toThrow(message);
    expect(used).toBe(false);
    for (const evil of ['/tmp/coppice-evil', join(folder, 'evil'), join(tmpdir(), 'evil')])
      expect(existsSync(evil), evil).toBe(false);
  });

  it('refuses an archive that is cut off', async () => {
    const whole = archiveOf({ type: 'File', path: 'coppice.db' }, { type: 'File', path: 'artifacts/v1/model.onnx' });
    writeFileSync(file, whole.subarray(0, whole.length - 40));
    await expect(withUnpacked(file, async () => {})).rejects.toThrow('is not an archive');
  });
});

/** A gzipped archive of these entries, each file 600 bytes long, whatever their names and types are. */
function archiveOf(...entries: HeaderData[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const size = entry.type === 'File' ? 600 : 0;
    const header = new Header({ mode: 0o6777, uid: 0, gid: 0, mtime: new Date(0), ...entry, size });
    const block = Buffer.alloc(512);
    header.encode(block, 0);
    return [block, ...(size > 0 ? [Buffer.alloc(1024, 'x')] : [])];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}
