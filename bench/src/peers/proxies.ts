import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@coppice/testkit/programs/free-port';
import type { Lab } from '../lab/lab.ts';
import { program, programEnv } from '../lab/programs.ts';
import { predictTarget, type Target } from '../load/target.ts';
import type { RunningModel } from './coppice.ts';

/** nginx as set up by hand: `split_clients` over the model servers, one worker, kept-alive connections. */
export async function startNginx(lab: Lab, models: readonly RunningModel[]): Promise<Target> {
  const port = await freePort();
  const folder = lab.place('nginx');
  const config = join(folder, 'nginx.conf');
  const share = Math.floor(100 / models.length);
  const split = models.map(({ version }, i) => `${i === models.length - 1 ? '*' : `${share}%`} ${version};`);
  const upstreams = models.map(
    (model) =>
      `upstream ${model.version} { server 127.0.0.1:${model.port}; keepalive 128; keepalive_requests 1000000; }`,
  );
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    config,
    `worker_processes 1;
daemon off;
pid ${folder}/pid;
error_log stderr error;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.join(' ')}
  keepalive_requests 1000000;
  tcp_nodelay on;
  client_body_buffer_size 2m;
  client_max_body_size 4m;
  proxy_buffers 16 64k;
  ${upstreams.join('\n  ')}
  split_clients $request_id $version { ${split.join(' ')} }
  server {
    listen 127.0.0.1:${port} backlog=1024;
    location / {
      proxy_pass http://$version;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
    }
  }
}
`,
  );
  const command = program('nginx');
  await lab.start({
    name: 'nginx',
    command,
    args: ['-p', folder, '-c', config, '-e', 'stderr'],
    env: programEnv(),
    ready: `http://127.0.0.1:${port}/ready`,
  });
  return predictTarget({ name: 'nginx', label: 'nginx split_clients', url: `http://127.0.0.1:${port}` });
}

/** HAProxy with one thread, random choice of the model server, connections kept alive and reused. */
export async function startHaproxy(lab: Lab, models: readonly RunningModel[]): Promise<Target> {
  const port = await freePort();
  const config = join(lab.place('haproxy'), 'haproxy.cfg');
  const servers = models.map((model) => `  server ${model.version} 127.0.0.1:${model.port}`);
  writeFileSync(
    config,
    `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 10s
  option http-keep-alive
  http-reuse always
frontend in
  bind 127.0.0.1:${port}
  default_backend models
backend models
  balance random
${servers.join('\n')}
`,
  );
  await lab.start({
    name: 'haproxy',
    command: program('haproxy'),
    args: ['-db', '-f', config],
    env: programEnv(),
    ready: `http://127.0.0.1:${port}/ready`,
  });
  return predictTarget({ name: 'haproxy', label: 'HAProxy', url: `http://127.0.0.1:${port}` });
}
