// Preloaded into each server of `npm start`: stops it when its standard input ends, which is when the process that started
// it is gone, killed or not.

process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
process.stdin.unref();
