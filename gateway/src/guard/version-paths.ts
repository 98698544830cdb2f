import { reportTypes } from '@coppice/contract';
import { HttpError, methodNotAllowed } from '@coppice/serverkit';
import type { RequestHandler } from 'express';

/** What the Open Inference Protocol offers for reading, and for predictions; `*` is one name. */
const METADATA = [
  ...['/v2', '/v2/health/live', '/v2/health/ready', '/v2/models/*', '/v2/models/*/ready'],
  ...['/v2/models/*/versions/*', '/v2/models/*/versions/*/ready'],
];
const INFER = ['/v2/models/*/infer', '/v2/models/*/versions/*/infer'];
/** No other file: a server that is not ours may have more there. */
const REPORT = ['/report', ...Object.keys(reportTypes).map((name) => `/report/${name}`)];
const OF_ONE_VERSION = '/models/*';

/**
 * What reaches the versions' servers without the admin token. Everything else below `/v2` and `/models` requires it: a
 * server may offer to unload its models there, to read its files or to stop.
 */
export const OPEN_VERSION_PATHS: readonly { methods: readonly string[]; paths: readonly string[] }[] = [
  { methods: ['GET', 'HEAD'], paths: METADATA },
  { methods: ['POST'], paths: INFER },
  {
    methods: ['GET', 'HEAD'],
    paths: [...METADATA, '/health', '/ready', '/model-info', ...REPORT].map(ofOneVersion),
  },
  { methods: ['POST'], paths: INFER.map(ofOneVersion) },
];

/** Lets requests below `/v2` and `/models` pass if the table says so, else only with the admin token. */
export function guardVersionPaths(admin: RequestHandler): RequestHandler {
  return (req, res, next) => {
    const access = versionAccess(req.method, req.url);
    if (access === 'method') {
      const methods = methodsOf(req.url);
      if (req.method !== 'OPTIONS') return next(methodNotAllowed(req.method, methods));
      return void res.status(204).set('Allow', methods.join(', ')).end();
    }
    if (access === 'admin') return admin(req, res, next);
    if (access === 'unclear')
      return next(
        new HttpError(
          400,
          'This path can be read in two ways: send it without "//", "." and ".." segments, ";" and "\\", and encode only what must be.',
        ),
      );
    next();
  };
}

/** Who may send a request below `/v2` and `/models`; `method`: nobody, with this method. Null: the path is not there. */
export function versionAccess(method: string, url: string): 'open' | 'method' | 'admin' | 'unclear' | null {
  if (!/^\/(v2|models)(?![\w.-])/i.test(url)) return null;
  const [path = ''] = url.split('?');
  if (isUnclear(path)) return 'unclear';
  const methods = methodsOf(path);
  if (methods.length === 0) return 'admin';
  return methods.includes(method) ? 'open' : 'method';
}

function methodsOf(url: string): readonly string[] {
  const [path = ''] = url.split('?');
  return patterns.find((row) => row.path.test(path))?.methods ?? [];
}

/** `stats` is no model: Triton has the figures of all models there. */
const patterns = OPEN_VERSION_PATHS.flatMap(({ methods, paths }) =>
  paths.map((path) => ({ methods, path: new RegExp(`^${path.replaceAll('*', '(?!stats(?:/|$))[^/]+')}$`) })),
);

function ofOneVersion(path: string): string {
  return OF_ONE_VERSION + path;
}

/**
 * Whether two servers could read a path differently: one decodes, resolves or cuts off what another takes literally. The
 * gateway would then judge another path than the version's server answers.
 */
function isUnclear(path: string): boolean {
  if (/[^\x21-\x7e]|[\\;#"<>^`{|}]|\/\/|\/\.{1,2}(\/|$)/.test(path)) return true;
  try {
    decodeURIComponent(path);
  } catch {
    return true;
  }
  return [...path.matchAll(/%([\da-f]{2})/gi)].some(([, hex = '']) => {
    const code = Number.parseInt(hex, 16);
    return code < 0x20 || code === 0x7f || /[\w.~\-/\\%;?#]/.test(String.fromCharCode(code));
  });
}
