import { expect, it } from 'vitest';
import { type CpuProfile, timeByOwner } from './cpu-profile.ts';

const frame = (id: number, functionName: string, url: string, children: number[] = []) => ({
  id,
  callFrame: { functionName, url },
  children,
});

it('gives each sample to the innermost owner on its stack, within the time asked for', () => {
  const profile: CpuProfile = {
    nodes: [
      frame(1, '(root)', '', [2, 3, 4, 5, 13]),
      frame(2, '(idle)', ''),
      frame(3, '(garbage collector)', ''),
      frame(4, 'onread', 'node:internal/stream_base_commons', [6]),
      frame(5, 'processTicks', 'node:internal/process/task_queues', [8]),
      frame(6, 'handle', 'file:///a/node_modules/express/lib/application.js', [7]),
      frame(7, 'append', 'file:///a/gateway/src/record/buffered-record.ts'),
      frame(8, 'predict', 'file:///a/gateway/src/endpoints/predict.ts', [9, 11]),
      frame(9, 'end', 'node:_http_outgoing', [10]),
      frame(10, 'writeLatin1String', ''),
      frame(11, 'dispatch', 'file:///a/node_modules/undici/lib/dispatcher/client.js', [12]),
      frame(12, 'end', 'node:_http_outgoing'),
      frame(13, '#read', 'file:///a/serverkit/src/fast-path/fast-path.ts', [14, 15]),
      frame(14, 'readHead', 'file:///a/serverkit/src/fast-path/read-head.ts'),
      frame(15, '#reply', 'file:///a/serverkit/src/fast-path/fast-path.ts', [16]),
      frame(16, 'writeLatin1String', ''),
    ],
    startTime: 1000,
    samples: [7, 14, 15, 16, 2, 3, 4, 6, 7, 8, 10, 12, 7, 2],
    timeDeltas: [0, 1, 2, 3, 4, 20, 30, 40, 50, 60, 70, 80, 90, 100],
  };
  const times = timeByOwner(profile, 1001, 1400);
  expect(times).toEqual({
    'Node: reading sockets, parsing HTTP, streams, event loop': 42,
    'Express: routing': 50,
    'JSON, validation, assignment, ids, answer text': 70,
    'requests to the model servers': 90,
    'answers: headers, writing to the socket': 87,
    record: 60,
    drift: 0,
    metrics: 0,
    'garbage collection': 30,
  });
});
