import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineConfig, transformWithOxc, type Plugin } from 'vite';

/** The console is built into build/console, from where the API serves it. `KUAIPEI_API` is where the development server finds an API. */
const api = process.env['KUAIPEI_API'] ?? 'http://127.0.0.1:8080';

const PUBLIC = ['/manifest.webmanifest', '/icon.svg', '/icon-192.png', '/icon-512.png'];

/** Writes sw.js: src/sw.ts with the list of the built files in front, under a version that changes with any of them. */
function serviceWorker(): Plugin {
  return {
    name: 'kuaipei-service-worker', apply: 'build', enforce: 'post',
    async generateBundle(_options, bundle) {
      const file = join(import.meta.dirname, 'src', 'sw.ts');
      const source = await readFile(file, 'utf8');
      // A screen must open from what is kept, whatever the server has by then. What only a document needs (the worker of pdf.js, fonts, character maps) is kept once it was used.
      const built = Object.values(bundle).filter((one) => /\.(js|css)$/.test(one.fileName));
      const version = createHash('sha256').update(source);
      for (const one of built) version.update(one.fileName).update(one.type === 'chunk' ? one.code : one.source);
      const { code } = await transformWithOxc(source, file);
      const head = `const FILES = ${JSON.stringify(['/index.html', ...PUBLIC, ...built.map((one) => `/${one.fileName}`)])};\nconst VERSION = '${version.digest('hex').slice(0, 16)}';\n`;
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: head + code });
    },
  };
}

const AHEAD = /^assets\/(common|home|home-zh)-[^-]*\.(js|css)$/;
/** What the inbox needs is asked for together with the first script, not after it has run: it is the screen that most people open first. */
function homeAhead(): Plugin {
  return {
    name: 'kuaipei-home-ahead', apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) => Object.keys(bundle).filter((file) => AHEAD.test(file)).map((file) => ({
        tag: 'link', attrs: file.endsWith('.css') ? { rel: 'preload', as: 'style', crossorigin: true, href: `/${file}` } : { rel: 'modulepreload', href: `/${file}` }, injectTo: 'head',
      })),
    },
  };
}

const HOME_TEXTS = 'src/(app|inbox|lists)/texts';
/** Few files, because each costs a phone a round trip: what every page needs; antd, which the inbox does without; what most pages need; what the inbox needs beside it, and its words. The rest is loaded by route. */
const groups = [
  { name: 'base', tags: ['$initial' as const] },
  { name: 'kit', test: /src\/app\/kit\.tsx$|antd\/es\/button\// },
  { name: 'common', test: /node_modules\/@tanstack\/|src\/(api|lists|words)\//, minShareCount: 6 },
  { name: 'home', test: /src\/inbox\/page\.tsx$/ },
  { name: 'home-zh', test: new RegExp(`${HOME_TEXTS}/zh\\.json$`) },
  { name: 'home-en', test: new RegExp(`${HOME_TEXTS}/en\\.json$`) },
];

export default defineConfig({
  root: import.meta.dirname,
  plugins: [serviceWorker(), homeAhead()],
  // JSX is compiled by Vite itself.
  oxc: { jsx: { runtime: 'automatic' } },
  build: { outDir: '../build/console', emptyOutDir: true, target: 'es2022', sourcemap: false, reportCompressedSize: false, rolldownOptions: { output: { codeSplitting: { groups } } } },
  server: { host: '127.0.0.1', proxy: Object.fromEntries(['/v1', '/openapi.json', '/docs', '/console-settings.json'].map((path) => [path, { target: api, changeOrigin: true }])) },
});
