/** Names of the filters, in the address as in the query of `GET /predictions`, each with what it may be. */
const filterValues = {
  version: null,
  class: null,
  route: null,
  source: ['api', 'page'],
  since: null,
  until: null,
  correct: ['true', 'false'],
  disagree: ['true', 'false'],
  max_probability: null,
  user: null,
  feature: null,
  min: null,
  max: null,
  value: null,
} as const;

type FilterName = keyof typeof filterValues;
/** Empty: not filtered by. `value` is null where the feature's value is missing, which an address writes as an empty one. */
export type Filters = Record<Exclude<FilterName, 'value'>, string> & { value: string | null };

export const noFilters = Object.fromEntries(Object.keys(filterValues).map((name) => [name, ''])) as Filters;

/** The filters of an address. What can be no value of a filter is left out. */
export function readFilters(parameters: URLSearchParams): Filters {
  const filters = { ...noFilters };
  for (const [name, allowed] of Object.entries(filterValues) as [FilterName, readonly string[] | null][]) {
    const text = parameters.get(name);
    if (text === null || (allowed !== null && !allowed.includes(text))) continue;
    if (name === 'value') filters.value = text === '' ? null : text;
    else filters[name] = text;
  }
  return filters;
}

/** The filters that the gateway is asked for: a feature without a bound or value is still being chosen. */
export function queryOf(filters: Filters): Filters {
  const { feature, min, max, value } = filters;
  if (feature === '') return { ...filters, min: '', max: '', value: '' };
  if (value !== '') return { ...filters, min: '', max: '' };
  return min === '' && max === '' ? { ...filters, feature: '' } : filters;
}

/** How many filters are set; those of one feature are one. */
export function filterCount(filters: Filters): number {
  const { min: _min, max: _max, value: _value, ...others } = queryOf(filters);
  return Object.values(others).filter((value) => value !== '').length;
}

/** Whether the gateway answers it row by row, which takes longer. */
export function isSearch(filters: Filters): boolean {
  const { correct, disagree, max_probability, user, feature } = queryOf(filters);
  return [correct, disagree, max_probability, user, feature].some((value) => value !== '');
}
