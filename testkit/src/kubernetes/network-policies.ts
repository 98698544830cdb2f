import { BlockList, isIPv6 } from 'node:net';
import { type LabelSelector, labelsMatch } from './labels-match.ts';

type Labels = Record<string, string>;
type Peer = {
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
  ipBlock?: { cidr: string; except?: string[] };
};
type Port = { protocol?: string; port?: number | string; endPort?: number };
type Rule = { from?: Peer[]; to?: Peer[]; ports?: Port[] };
export type NetworkPolicy = {
  metadata: { name: string; namespace: string };
  spec: { podSelector?: LabelSelector; policyTypes?: string[]; ingress?: Rule[]; egress?: Rule[] };
};

/** One end of a connection: a pod, or an address outside of the cluster. */
export type End =
  | { namespace: string; namespaceLabels: Labels; labels: Labels; ports?: Record<string, number> }
  | { ip: string };

/**
 * Whether the policies let a TCP or UDP connection through: the sender's policies must allow it out, and the receiver's in. A pod that no policy
 * of a direction selects is open in it. Semantics: https://kubernetes.io/docs/concepts/services-networking/network-policies
 */
export function isAllowed(policies: NetworkPolicy[], from: End, to: End, port: number, protocol = 'TCP'): boolean {
  const named = 'labels' in to ? (to.ports ?? {}) : {};
  const matchesPort = ({ ports }: Rule) =>
    !ports?.length ||
    ports.some((one) => {
      if ((one.protocol ?? 'TCP') !== protocol) return false;
      const first = typeof one.port === 'string' ? named[one.port] : one.port;
      if (one.port === undefined) return true;
      return first !== undefined && port >= first && port <= (one.endPort ?? first);
    });
  const allows = (direction: 'Ingress' | 'Egress', end: End, other: End) => {
    const selecting = policies.filter((policy) => selects(policy, direction, end));
    if (selecting.length === 0) return true;
    return selecting.some(({ metadata, spec }) =>
      ((direction === 'Ingress' ? spec.ingress : spec.egress) ?? []).some((rule) => {
        const peers = direction === 'Ingress' ? rule.from : rule.to;
        return matchesPort(rule) && (!peers?.length || peers.some((peer) => isPeer(peer, other, metadata.namespace)));
      }),
    );
  };
  return allows('Egress', from, to) && allows('Ingress', to, from);
}

function selects({ metadata, spec }: NetworkPolicy, direction: string, end: End): boolean {
  if ('ip' in end || end.namespace !== metadata.namespace) return false;
  const types = spec.policyTypes ?? ['Ingress', ...(spec.egress ? ['Egress'] : [])];
  return types.includes(direction) && labelsMatch(spec.podSelector ?? {}, end.labels);
}

function isPeer({ podSelector, namespaceSelector, ipBlock }: Peer, end: End, namespace: string): boolean {
  if (ipBlock)
    return 'ip' in end && inBlock(ipBlock.cidr, end.ip) && !ipBlock.except?.some((one) => inBlock(one, end.ip));
  if ('ip' in end) return false;
  const inNamespace = namespaceSelector
    ? labelsMatch(namespaceSelector, end.namespaceLabels)
    : end.namespace === namespace;
  return inNamespace && labelsMatch(podSelector ?? {}, end.labels);
}

function inBlock(cidr: string, ip: string): boolean {
  const [network = '', bits] = cidr.split('/');
  const family = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');
  if (family(network) !== family(ip)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family(network));
  return block.check(ip, family(ip));
}
