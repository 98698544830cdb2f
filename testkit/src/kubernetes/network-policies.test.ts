import { expect, it } from 'vitest';
import { type End, isAllowed, type NetworkPolicy } from './network-policies.ts';

const pod = (name: string, namespace = 'a'): End => ({
  ...{ namespace, namespaceLabels: { name: namespace }, labels: { name }, ports: { http: 8080 } },
});
const policy = (spec: NetworkPolicy['spec']): NetworkPolicy => ({ metadata: { name: 'x', namespace: 'a' }, spec });
const select = (name: string) => ({ podSelector: { matchLabels: { name } } });
const none = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });

it('no policy allows everything, an empty one nothing in its namespace', () => {
  expect(isAllowed([], pod('x'), pod('y'), 1)).toBe(true);
  expect(isAllowed([none], pod('x'), pod('y', 'b'), 1)).toBe(false);
  expect(isAllowed([none], pod('x', 'b'), pod('y'), 1)).toBe(false);
  expect(isAllowed([none], pod('x', 'b'), pod('y', 'b'), 1)).toBe(true);
});

it('both ends must agree', () => {
  const out = policy({ ...select('x'), policyTypes: ['Egress'], egress: [{ to: [select('y')] }] });
  const into = policy({ ...select('y'), ingress: [{ from: [select('x')], ports: [{ port: 'http' }] }] });
  expect(isAllowed([none, out], pod('x'), pod('y'), 8080)).toBe(false);
  expect(isAllowed([none, into], pod('x'), pod('y'), 8080)).toBe(false);
  expect(isAllowed([none, out, into], pod('x'), pod('y'), 8080)).toBe(true);
  expect(isAllowed([none, out, into], pod('x'), pod('y'), 8081)).toBe(false);
  expect(isAllowed([none, out, into], pod('x'), pod('y'), 8080, 'UDP')).toBe(false);
  expect(isAllowed([none, out, into], pod('y'), pod('x'), 8080)).toBe(false);
});

it.each([
  [pod('x', 'b'), true],
  [pod('y', 'b'), false],
  [pod('x'), false],
  [{ ip: '10.1.2.3' }, true],
  [{ ip: '10.9.0.1' }, false],
  [{ ip: '::1' }, false],
])('a peer is a pod of a namespace or an address of a block: %o %s', (from, allowed) => {
  const block = { ipBlock: { cidr: '10.0.0.0/8', except: ['10.9.0.0/16'] } };
  const both = {
    ...select('x'),
    namespaceSelector: { matchExpressions: [{ key: 'name', operator: 'In' as const, values: ['b'] }] },
  };
  const into = policy({ podSelector: {}, policyTypes: ['Ingress'], ingress: [{ from: [both, block] }] });
  expect(isAllowed([into], from, pod('z'), 80)).toBe(allowed);
});
