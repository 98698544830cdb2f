import { execFile } from 'node:child_process';
import { RouteError } from './route-error.ts';

/** Runs kubectl and returns what it prints. Throws `RouteError` with its first line of error. */
export type Kubectl = (...args: string[]) => Promise<string>;

/** kubectl on the `PATH`, with the cluster and the user of its own configuration. */
export const kubectl: Kubectl = (...args) =>
  new Promise((resolve, reject) => {
    // more than any object, and longer than kubectl waits for a cluster that does not answer
    const limits = { maxBuffer: 16 * 1024 * 1024, timeout: 60_000 };
    const child = execFile('kubectl', [...args, '--request-timeout=20s'], limits, (error, out, err) => {
      if (!error) return resolve(out);
      if (error.code === 'ENOENT')
        return reject(new RouteError('kubectl is not on the PATH: https://kubernetes.io/docs/tasks/tools'));
      if (error.killed) return reject(new RouteError('kubectl did not answer in 60 seconds', { cause: error }));
      // what kubectl logs on the way begins with a letter, a date and a time
      const lines = err.split('\n').filter((line) => line.trim() !== '' && !/^[EWI]\d{4} /.test(line));
      const said = (lines[0] ?? error.message.split('\n')[0] ?? '').replace(/^error: /, '');
      reject(new RouteError(`kubectl: ${said}`, { cause: error }));
    });
    // it asks for a user and a password where its configuration has none
    child.stdin?.end();
  });
