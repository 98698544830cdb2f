import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureHaproxy } from '@coppice/testkit/programs/ensure-haproxy';
import { freePort } from '@coppice/testkit/programs/free-port';
import { eventually } from '@coppice/testkit/waiting/eventually';

const PODS = 8;

/** `http`: each request goes to the next pod, and again to another one when its pod is gone. `tcp`: as kube-proxy does it, by connection. */
type Services = Record<string, 'http' | 'tcp'>;

/** HAProxy in front of pods that come and go, as Services of a cluster and its ingress are. */
export async function startBalancer(services: Services) {
  const program = ensureHaproxy();
  const folder = mkdtempSync(join(tmpdir(), 'coppice-balancer-'));
  const socket = join(folder, 'admin.sock');
  const ports = new Map<string, number>();
  for (const name of Object.keys(services)) ports.set(name, await freePort());
  const sections = Object.entries(services).map(([name, mode]) =>
    [
      `listen ${name}`,
      `  mode ${mode}`,
      `  bind 127.0.0.1:${ports.get(name)}`,
      // iptables, too, chooses at random
      ...(mode === 'tcp' ? ['  balance random(1)', '  retries 0'] : []),
      // what an ingress does that is set to retry: a request whose pod died is sent to the next one
      ...(mode === 'http' ? ['  balance roundrobin', '  retries 3', '  option redispatch 1'] : []),
      ...(mode === 'http' ? ['  retry-on conn-failure empty-response'] : []),
      '  option httpchk GET /ready',
      `  server-template pod 1-${PODS} 127.0.0.1:1 check inter 500ms fall 2 rise 1 disabled`,
    ].join('\n'),
  );
  const timeouts = ['connect 1s', 'client 60s', 'server 60s'].map((one) => `  timeout ${one}`).join('\n');
  writeFileSync(
    join(folder, 'haproxy.cfg'),
    `global\n  stats socket ${socket} mode 600 level admin\ndefaults\n${timeouts}\n${sections.join('\n')}\n`,
  );
  const child = spawn(program, ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });

  const say = async (command: string): Promise<string> => {
    const client = connect(socket);
    let answer = '';
    client.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    client.write(`${command}\n`);
    await once(client, 'close');
    return answer;
  };
  await eventually(
    async () => {
      if (child.exitCode !== null) throw new Error(`HAProxy did not start: ${errors}`);
      return (await say('show info').catch(() => '')).includes('Version');
    },
    { what: 'HAProxy runs', everyMs: 50 },
  );
  /** The port of each pod that has a place, by service. */
  const places = new Map(Object.keys(services).map((name) => [name, new Array<number | null>(PODS).fill(null)]));
  const placesOf = (name: string) => places.get(name) as (number | null)[];

  return {
    url: (name: string) => `http://127.0.0.1:${ports.get(name)}`,
    /** A pod that is ready gets its part from now on. */
    async add(name: string, port: number): Promise<void> {
      const at = placesOf(name).indexOf(null);
      placesOf(name)[at] = port;
      const server = `${name}/pod${at + 1}`;
      await say(`set server ${server} addr 127.0.0.1 port ${port}`);
      await say(`set server ${server} state ready`);
    },
    /** A pod gets no new requests, or connections; those that it has stay. */
    async remove(name: string, port: number): Promise<void> {
      const at = placesOf(name).indexOf(port);
      if (at < 0) throw new Error(`${name} has no pod on port ${port}`);
      placesOf(name)[at] = null;
      await say(`set server ${name}/pod${at + 1} state maint`);
    },
    /** How often a request or connection was tried again. */
    async retries(name: string): Promise<number> {
      const [head = '', ...rows] = (await say('show stat')).split('\n');
      const column = head.split(',').indexOf('wretr');
      return Number(rows.find((row) => row.startsWith(`${name},BACKEND,`))?.split(',')[column]);
    },
    async stop(): Promise<void> {
      const exit = child.exitCode === null ? once(child, 'exit') : null;
      child.kill('SIGKILL');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
