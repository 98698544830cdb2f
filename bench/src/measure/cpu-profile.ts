/** The parts of V8's `.cpuprofile` that are read. Times in microseconds of the machine's monotonic clock. */
export type CpuProfile = {
  nodes: { id: number; callFrame: { functionName: string; url: string }; children?: number[] }[];
  samples: number[];
  timeDeltas: number[];
  startTime: number;
};

/** What takes the time of a prediction, in the order of its way through the gateway. */
export const owners = [
  'Node: reading sockets, parsing HTTP, streams, event loop',
  'Express: routing',
  'JSON, validation, assignment, ids, answer text',
  'requests to the model servers',
  'answers: headers, writing to the socket',
  'record',
  'drift',
  'metrics',
  'garbage collection',
] as const;
export type Owner = (typeof owners)[number];

const byUrl: [RegExp, Owner][] = [
  [/\/node_modules\/undici\/|\/gateway\/src\/versions\//, 'requests to the model servers'],
  [/\/gateway\/src\/(record|storage)\//, 'record'],
  [/\/gateway\/src\/drift\//, 'drift'],
  [/\/gateway\/src\/metrics/, 'metrics'],
  [/\/(gateway|contract|serverkit)\/src\//, 'JSON, validation, assignment, ids, answer text'],
  [/\/node_modules\//, 'Express: routing'],
];
const answering = new Set(['end', 'writeHead', '_storeHeader', '_send']);
/** Of the fast path: the reading of heads is what Node does for others, and the rest writes answers. */
const FAST_PATH = /\/serverkit\/src\/fast-path\//;
const fastAnswering = new Set(['#reply', 'headText', '#dateNow']);

/** Microseconds by owner between two moments, without idle time: each sample belongs to the innermost owner on its stack. */
export function timeByOwner(profile: CpuProfile, from: number, until: number): Record<Owner, number> {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const known = new Map<number, Owner | null>();
  const ownerOf = (leaf: number): Owner | null => {
    let answers = false;
    for (let id: number | undefined = leaf; id !== undefined; id = parents.get(id)) {
      const { functionName, url } = (nodes.get(id) as CpuProfile['nodes'][number]).callFrame;
      if (functionName === '(idle)') return null;
      if (functionName === '(garbage collector)') return 'garbage collection';
      if (url.startsWith('node:_http') && answering.has(functionName)) answers = true;
      if (FAST_PATH.test(url)) {
        if (fastAnswering.has(functionName)) return 'answers: headers, writing to the socket';
        break;
      }
      const owner = byUrl.find(([pattern]) => pattern.test(url))?.[1];
      if (owner) return answers && !owner.startsWith('requests') ? 'answers: headers, writing to the socket' : owner;
    }
    return 'Node: reading sockets, parsing HTTP, streams, event loop';
  };
  const times = Object.fromEntries(owners.map((owner) => [owner, 0])) as Record<Owner, number>;
  let now = profile.startTime;
  profile.samples.forEach((leaf, i) => {
    const took = profile.timeDeltas[i + 1] ?? 0;
    now += profile.timeDeltas[i] as number;
    if (now < from || now > until) return;
    if (!known.has(leaf)) known.set(leaf, ownerOf(leaf));
    const owner = known.get(leaf);
    if (owner) times[owner] += took;
  });
  return times;
}
