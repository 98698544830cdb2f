import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { sizeBudget } from './build/size-budget.ts';
import { pageRoutes } from './src/navigation/page-routes.ts';

/** `npm run dev --workspace ui` shows the sources as they are edited; a running page server answers the rest. */
const pageServer = `http://127.0.0.1:${process.env.UI_PORT || 8501}`;
const firstRoute = new RegExp(`/src/${pageRoutes[0].name}/\\w+Route\\.svelte$`);

export default defineConfig({
  // relative, so that the page works below any prefix
  base: './',
  plugins: [
    svelte(),
    sizeBudget({ script: 42_000, style: 14_336, firstRoute }),
    compression({ algorithms: ['gzip', 'brotliCompress'], threshold: 512 }),
  ],
  build: {
    target: 'es2023',
    // inlined files would need data: in the content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // Svelte does not say that it has none: so what only later routes use of it does not come with the first one
      treeshake: { moduleSideEffects: [{ test: /svelte\/src\/(?!.*(disclose-version|flags))/, sideEffects: false }] },
      // one chunk of what every route needs compresses better than several
      output: {
        codeSplitting: { groups: [{ name: 'page', tags: ['$initial'], includeDependenciesRecursively: false }] },
      },
    },
  },
  server: { proxy: Object.fromEntries(['/api', '/status', '/prometheus'].map((path) => [path, pageServer])) },
});
