import type { Component } from 'svelte';
import type { PageRouteName } from '../navigation/page-routes.ts';

/** Found by their place, so that a route is one line of the table and one file. */
const components = import.meta.glob<{ default: Component }>('../*/*Route.svelte');

/** A route's component, loaded when it is first opened. */
export async function loadRoute(name: PageRouteName): Promise<Component> {
  const file = Object.keys(components).find((path) => path.startsWith(`../${name}/`));
  const load = file && components[file];
  if (!load) throw new Error(`the route ${name} has no component: ui/src/${name}/*Route.svelte`);
  return (await load()).default;
}
