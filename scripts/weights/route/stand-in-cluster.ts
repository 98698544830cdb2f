import type { Kubectl } from './kubectl.ts';
import { RouteError } from './route-error.ts';
import type { Operation } from './route-patch.ts';

type Stored = { kind: string; metadata: Record<string, unknown> & { name: string; namespace: string } };

/** Applies what `route-patch.ts` writes of RFC 6902 to a copy of an object. */
export function applyPatch<T extends object>(object: T, operations: readonly Operation[]): T {
  const copy = structuredClone(object);
  for (const { path, value } of operations) {
    const keys = path
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() as string;
    let parent = copy as Record<string, unknown>;
    for (const key of keys) parent = parent[key] as Record<string, unknown>;
    parent[last] = structuredClone(value);
  }
  return copy;
}

/** For tests: kubectl with one object, which refuses a patch of an older one as the API server does. `beforePatch` is somebody else. */
export function standInCluster(first: object, beforePatch: (edit: (change: (object: Stored) => void) => void) => void) {
  let object = structuredClone(first) as Stored;
  let patches = 0;
  const edit = (change: (object: Stored) => void) => {
    change(object);
    object.metadata.resourceVersion = String(Number(object.metadata.resourceVersion) + 1);
  };
  const kubectl: Kubectl = async (verb, what, ...rest) => {
    if (verb === 'auth') return JSON.stringify({ status: { userInfo: { username: 'ada' } } });
    if (verb === 'get') {
      if (what?.startsWith(`${object.kind.toLowerCase()}s.`)) return JSON.stringify(object);
      throw new RouteError(`kubectl: the server doesn't have a resource type "${what}"`);
    }
    beforePatch(edit);
    const operations = JSON.parse(rest.find((one) => one.startsWith('--patch='))?.slice(8) ?? '[]') as Operation[];
    const version = operations.find(({ path }) => path === '/metadata/resourceVersion')?.value;
    if (version !== object.metadata.resourceVersion) throw new RouteError('kubectl: the object has been modified');
    patches += 1;
    object = applyPatch(object, operations);
    edit(() => {});
    return JSON.stringify(object);
  };
  return { kubectl, object: () => object, patches: () => patches };
}
