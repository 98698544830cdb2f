import { isIP, isIPv6 } from 'node:net';
import { ConfigError } from './env.ts';

/** Host and port as URLs and other programs write them: an IPv6 address in brackets. */
export function hostPort(host: string, port: number): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** The address at which this machine reaches a server that listens on `host`, which may stand for all addresses. */
export function httpUrl(host: string, port: number): string {
  return `http://${hostPort(reachable(host), port)}`;
}

/** An address of this machine for one that stands for all of them. */
export function reachable(host: string): string {
  return { '::': '::1', '0.0.0.0': '127.0.0.1' }[host] ?? host;
}

/** An address to listen on; brackets around an IPv6 address are allowed. Undefined when it is not set. */
export function envHost(env: Record<string, string | undefined>, name: string): string | undefined {
  const text = env[name]?.trim();
  if (!text) return undefined;
  const host = text.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) > 0 || (HOST_NAME.test(host) && !/^[\d.]+$/.test(host))) return host;
  throw new ConfigError(`${name}=${text} is not allowed: must be an IP address or a host name, without a port`);
}

const HOST_NAME = /^[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/i;
