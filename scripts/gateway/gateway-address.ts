import { envHost, envPort, httpUrl } from '@coppice/serverkit';

/** Where the commands look for a gateway: `GATEWAY_URL`, else the one that npm start or Compose runs with this environment. */
export function gatewayAddress(env: Record<string, string | undefined>): string {
  return (
    env.GATEWAY_URL?.trim() || httpUrl(envHost(env, 'BIND_ADDRESS') ?? '127.0.0.1', envPort(env, 'GATEWAY_PORT', 5000))
  );
}
