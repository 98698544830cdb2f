import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { sizeBudget } from './build/size-budget.ts';

const gateway = process.env.GATEWAY_URL ?? 'http://127.0.0.1:5000';

export default defineConfig({
  plugins: [
    svelte(),
    sizeBudget({ script: 60 * 1024, style: 10 * 1024 }),
    compression({ algorithms: ['gzip', 'brotliCompress'], threshold: 512 }),
  ],
  build: {
    target: 'es2023',
    // inlined files would need data: in the content security policy
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: { proxy: { '/api': { target: gateway, rewrite: (path) => path.replace(/^\/api/, '') } } },
});
