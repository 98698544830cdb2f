// Runs a program that does not watch its standard input, and stops it when this process's own ends or is signalled.

import { spawn } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
child.once('error', (error) => {
  console.error(`could not be started: ${error.message}`);
  process.exit(1);
});
child.once('exit', (code) => process.exit(code ?? 1));
const stop = () => child.kill('SIGTERM');
process.stdin.on('end', stop).resume();
process.stdin.unref();
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, stop);
