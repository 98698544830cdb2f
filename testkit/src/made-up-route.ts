/** An HTTPRoute as the chart makes it and a cluster returns it, with these weights. */
export function madeUpRoute(weights: Readonly<Record<string, number>>, annotations?: Record<string, string>) {
  const backendRefs = Object.entries(weights).map(([version, weight]) => ({
    ...{ group: '', kind: 'Service', name: `coppice-model-${version}`, port: 8080 },
    weight,
  }));
  const pinned = backendRefs.map(({ weight: _, ...backend }, index) => ({
    name: Object.keys(weights)[index],
    backendRefs: [{ ...backend, weight: 1 }],
  }));
  return {
    kind: 'HTTPRoute',
    metadata: {
      ...{ name: 'coppice-models', namespace: 'shop', resourceVersion: '7', generation: 3 },
      ...(annotations ? { annotations } : {}),
    },
    spec: { parentRefs: [{ name: 'web' }], rules: [...pinned, { name: 'weighted', backendRefs }] },
  };
}
