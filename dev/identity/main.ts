import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PERSONAS } from '../personas';
import { chooserPage } from './chooser';
import { identitySecrets } from './keys';
import { createProvider } from './provider';

/** The local identity provider as a process of its own: `tsx dev/identity/main.ts <port> <folder for its keys> <address>`. */
async function main(port: number, folder: string, host: string): Promise<void> {
  const provider = createProvider(`http://${host}:${port}`, await identitySecrets(folder));
  const openid = provider.callback();

  const choose = async (request: IncomingMessage, response: ServerResponse, uid: string): Promise<void> => {
    await provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.setHeader('content-type', 'text/html; charset=utf-8').end(chooserPage(uid));
      return;
    }
    const account = new URLSearchParams(await bodyOf(request)).get('persona');
    if (!PERSONAS.some((persona) => persona.account === account)) {
      response.writeHead(400).end('Choose one of the personas.');
      return;
    }
    // Choosing a persona is signing in and consenting at once.
    await provider.interactionFinished(request, response, { login: { accountId: account ?? '' }, consent: {} }, { mergeWithLastSubmission: false });
  };

  const server = createServer((request, response) => {
    const uid = /^\/choose\/([\w-]+)$/.exec(request.url ?? '')?.[1];
    if (uid === undefined) return void openid(request, response);
    choose(request, response, uid).catch(() => {
      if (!response.headersSent) response.writeHead(400).end('This sign-in has expired: go back to where you came from and begin again.');
    });
  });
  server.listen(port, host);
  process.once('SIGTERM', () => {
    server.closeAllConnections();
    server.close(() => process.exit(0));
  });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > 10_000) throw new Error('body too large');
  }
  return body;
}

void main(Number(process.argv[2]), process.argv[3] ?? '', process.argv[4] ?? '127.0.0.1');
