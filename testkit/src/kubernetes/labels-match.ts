type Labels = Record<string, string>;
export type LabelSelector = {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'; values?: string[] }[];
};

/** Whether a selector of Kubernetes selects an object with these labels: an empty one selects every object. */
export function labelsMatch({ matchLabels = {}, matchExpressions = [] }: LabelSelector, labels: Labels): boolean {
  const has = (key: string, values: string[] = []) => key in labels && values.includes(labels[key] as string);
  return (
    Object.entries(matchLabels).every(([key, value]) => has(key, [value])) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator === 'Exists') return key in labels;
      if (operator === 'DoesNotExist') return !(key in labels);
      return has(key, values) === (operator === 'In');
    })
  );
}
