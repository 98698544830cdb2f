import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type ReceivedAlert = {
  status: 'firing' | 'resolved';
  labels: Record<string, string>;
  annotations: Record<string, string>;
};

export type WebhookReceiver = { url: string; alerts: ReceivedAlert[]; stop(): Promise<void> };

/** Stands for the chat or pager that Alertmanager notifies: keeps every alert that it receives. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const alerts: ReceivedAlert[] = [];
  const server = createServer(async (req, res) => {
    alerts.push(...(JSON.parse(await text(req)) as { alerts: ReceivedAlert[] }).alerts);
    res.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // a quote, to check that it survives the start script
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?to=it's`,
    alerts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
