/** Headers that tell browsers what not to do with an answer: helmet's, which are the same for every answer and asked for once. */
import helmet from '@fastify/helmet';
import Fastify from 'fastify';

/** Of the answer itself. */
const own = new Set(['content-length', 'content-type', 'connection', 'date']);

export async function securityHeaders(): Promise<Record<string, string>> {
  const app = Fastify();
  // Served over plain HTTP on this machine, and behind a proxy that ends TLS.
  await app.register(helmet, { contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
  app.get('/', async () => '');
  const { headers } = await app.inject('/');
  await app.close();
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => !own.has(name))
      .map(([name, value]) => [name, String(value)]),
  );
}
