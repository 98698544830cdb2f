import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copySuite } from '@coppice/testkit/copy-suite';
import { afterAll } from 'vitest';
import { FolderStore } from './stores/folder-store.ts';

const root = mkdtempSync(join(tmpdir(), 'coppice-copy-'));
afterAll(() => rmSync(root, { recursive: true }));
const fresh = async () => new FolderStore(mkdtempSync(join(root, 'store-')));

copySuite('a folder to a folder', fresh, fresh);
