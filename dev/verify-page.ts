import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const folder = resolve(__dirname, '..', 'console', 'verify');

/**
 * The page that verifies evidence packs as one file: its script inline, allowed by its hash in the page's own policy, which forbids
 * everything else; so it works from a disk as it does from a server, and loads nothing from either.
 */
export async function verifyPage(): Promise<string> {
  const { build } = await import('vite');
  const built = await build({
    configFile: false, root: folder, logLevel: 'error', publicDir: false,
    build: { write: false, target: 'es2022', minify: true, lib: { entry: join(folder, 'page.ts'), formats: ['iife'], name: 'kuaipeiVerify' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  const chunk = output && 'output' in output ? output.output[0] : undefined;
  if (!chunk) throw new Error('the page that verifies was not built');
  // What would end the script early must not stand in it.
  const script = chunk.code.trim().replaceAll('</script', '<\\/script');
  const policy = `default-src 'none'; script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'`;
  const page = await readFile(join(folder, 'page.html'), 'utf8');
  return page.replace('<!--POLICY-->', () => `<meta http-equiv="Content-Security-Policy" content="${policy}">`).replace('<!--SCRIPT-->', () => `<script>${script}</script>`);
}
