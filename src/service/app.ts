/**
 * The service: one Fastify application, one plugin per resource. Bodies of messages (declarations, trails) arrive as
 * bytes and go to the same readers as files do, so that both give the same errors with the same places.
 */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { getHeapStatistics } from 'node:v8';
import swagger from '@fastify/swagger';
import underPressure from '@fastify/under-pressure';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyServerOptions,
} from 'fastify';
import { openAuditLog } from '../audit/log.ts';
import type { Desk } from '../check/desk.ts';
import { type Office, openOffice } from '../check/lodge.ts';
import type { Spool } from '../check/spool.ts';
import { CrosscheckError } from '../errors.ts';
import { packageVersion } from '../ground/paths.ts';
import { noSeal, type Seal } from '../ground/seal.ts';
import { type Source, sourceOf } from '../indicators/figure.ts';
import { openBeside } from '../intake/beside.ts';
import { toProblem } from '../present.ts';
import type { Store } from '../store/port.ts';
import { type Authentication, guard } from './auth/authenticate.ts';
import { holdBodies } from './bodies.ts';
import type { Caller } from './caller.ts';
import { mostConnections } from './connections.ts';
import { type Live, openLive } from './live-stream.ts';
import { withoutPersonalData } from './logging.ts';
import { type Metrics, measure, measureSpool, measureStages, openMetrics } from './metrics.ts';
import { describe } from './openapi/describe.ts';
import { lookMs, punctual } from './punctual.ts';
import { openReplicas } from './replicas.ts';
import type { Resources } from './resource.ts';
import { resources } from './resources.ts';
import { type LoadedRetention, loadRetention, shippedRetention } from './retention/policy.ts';
import { securityHeaders } from './security-headers.ts';
import { openStopping, type StoppingLimits } from './stopping.ts';
import { validatorCompiler } from './validate.ts';
import { type AllowedHosts, allowedHosts } from './webhooks/address.ts';

export interface ServiceOptions {
  store: Store;
  desk: Desk;
  logger?: FastifyServerOptions['logger'];
  /** Largest body of one request, bytes. */
  bodyLimit?: number;
  /** Absent: the local session alone. */
  authentication?: Authentication;
  localToken?: string;
  /** Told after each write, so that projections follow. */
  wrote?: () => void;
  /** Resolves when figures know what was written before the call; at once where nothing follows writes. */
  projected?: () => Promise<void>;
  /** Milliseconds by which projections lag behind what was written. */
  projectionLag?: () => number;
  /** Answers for figures; the rows themselves where absent. */
  figures?: Source;
  /** How long data are kept; for ever where absent. */
  retention?: LoadedRetention;
  /** Hosts of the administration's own network to which webhooks may go; CROSSCHECK_WEBHOOK_HOSTS where absent. */
  webhookHosts?: AllowedHosts;
  /** Under which people reach the service (public-url.ts); the address that a request calls where absent. */
  publicUrl?: string;
  /** Takes checks that the store does not; they are refused where absent. Its owner closes it. */
  spool?: Spool;
  /** Seals the secrets of webhooks; they lie as they are where absent. */
  seal?: Seal;
  /** Requests beyond these are turned away with 503 before memory grows. */
  limits?: {
    heapBytes?: number;
    eventLoopDelayMs?: number;
    /** In which the body of one message must have come. */
    bodyMs?: number;
    /** That bodies may hold together. */
    bodyBytes?: number;
  };
  /** How long who is connected has when the service is stopped. */
  stopping?: StoppingLimits;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The stream of what happens, for whoever makes figures move. */
    live: Live;
    metrics: Metrics;
    /** The one path of checks of this process, for what runs beside the calls. */
    office: Office;
  }
  interface FastifyRequest {
    caller: Caller;
  }
}

const messageTypes = ['application/json', 'application/xml', 'text/xml', 'application/x-ndjson', 'text/csv'];

export async function buildService(options: ServiceOptions): Promise<FastifyInstance> {
  const bodyLimit = options.bodyLimit ?? 16 * 2 ** 20;
  const bodyMs = options.limits?.bodyMs ?? 60_000;
  const refusedMs = Math.min(bodyMs, 5_000);
  const app = Fastify({
    logger: withoutPersonalData(options.logger),
    bodyLimit,
    // Our own refusal while stopping has a code.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 1000 },
    // What the router itself refuses never reaches the error handler.
    frameworkErrors: (thrown, request, reply: FastifyReply) => {
      const problem = toProblem(translate(thrown, undefined, bodyLimit), request.id);
      void reply.code(problem.status).type('application/problem+json').send(problem);
    },
  });

  const most = mostConnections();
  if (most !== undefined) app.server.maxConnections = most;

  app.setValidatorCompiler(validatorCompiler);
  app.removeAllContentTypeParsers();
  holdBodies(app, messageTypes, options.limits?.bodyBytes);

  const stopping = openStopping(app, options.stopping);

  // A body that comes a byte at a time must not hold its place for ever; files and batches are read as they come.
  app.addHook('preParsing', async (request) => {
    if (request.routeOptions.bodyLimit === Number.MAX_SAFE_INTEGER || !bringsBody(request.headers)) return;
    endUnlessWhole(request.raw, bodyMs);
  });
  // Who was refused before the end of what he sends, without a key even, would be read for as long as he goes on.
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete !== false || raw.destroyed || !bringsBody(raw.headers)) return;
    endUnlessWhole(raw, refusedMs);
  });
  app.decorateRequest('caller', null as unknown as Caller);
  guard(app, { by: options.authentication, localToken: options.localToken });

  const replicas = openReplicas(options.store, options.desk, (error) =>
    app.log.warn({ err: error }, 'replicas'),
  );
  app.addHook('onClose', () => replicas.close());
  // Why is in the check: what a rule fails at may quote what was declared.
  const metrics = openMetrics(
    options.store,
    options.desk,
    replicas,
    options.projectionLag,
    ({ rule, version }, check) => app.log.error({ rule, version, check }, 'a rule failed'),
  );
  app.addHook('onClose', measureStages(metrics));
  if (options.spool !== undefined) measureSpool(metrics, options.spool);
  const live = openLive(options.store);
  app.decorate('live', live);
  app.decorate('metrics', metrics);
  app.addHook('preClose', async () => live.close());
  // Before the first route: a route keeps the handler that stands when it is made.
  app.setErrorHandler((thrown: FastifyError | CrosscheckError, request, reply) => {
    const error =
      thrown instanceof CrosscheckError
        ? thrown
        : thrown === (request.raw.errored as unknown)
          ? brokenOff()
          : translate(thrown, request.headers['content-type'], bodyLimit);
    metrics.refused(error.code);
    if (error.status >= 500) request.log.error({ err: thrown }, error.code);
    if (error.status === 503) reply.header('retry-after', '2');
    const problem = toProblem(error, request.id);
    return reply.code(problem.status).type('application/problem+json').send(problem);
  });
  app.setNotFoundHandler((request, reply) => {
    const [path] = request.url.split('?');
    const problem = toProblem(
      new CrosscheckError('CC_ROUTE_UNKNOWN', { method: request.method, path: path!.slice(0, 200) }),
      request.id,
    );
    return reply.code(404).type('application/problem+json').send(problem);
  });

  measure(app, metrics, () => options.desk.rulebook().rules);

  const secure = await securityHeaders();
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(secure);
    done();
  });
  const eventLoopDelayMs = options.limits?.eventLoopDelayMs ?? 5_000;
  await app.register(underPressure, {
    ...(eventLoopDelayMs === 0
      ? {}
      : { healthCheck: punctual(eventLoopDelayMs), healthCheckInterval: lookMs }),
    maxHeapUsedBytes: options.limits?.heapBytes ?? Math.floor(getHeapStatistics().heap_size_limit * 0.9),
    retryAfter: 2,
    pressureHandler: (request, reply) => {
      // Who asks whether we are well must be answered, most of all now.
      if (request.url.startsWith('/health/') || request.url === '/metrics') return;
      reply.header('retry-after', '2');
      throw new CrosscheckError('CC_BUSY');
    },
  });

  await app.register(swagger, {
    transform: describe as never,
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Crosscheck',
        version: packageVersion,
        description:
          'Checks customs declarations against rules and the procedure, answers a lane, and measures.',
      },
      ...(options.publicUrl === undefined ? {} : { servers: [{ url: options.publicUrl }] }),
    },
  });

  const beside = openBeside((thrown) =>
    app.log.warn({ err: thrown }, 'lines of batches are read on the event loop for a minute'),
  );
  app.addHook('onClose', async () => beside?.close());
  const office = openOffice(options.desk, options.store);
  app.decorate('office', office);
  const shared: Resources = {
    store: options.store,
    desk: options.desk,
    office,
    audit: openAuditLog(options.store),
    live,
    metrics,
    replicas,
    stopping: stopping.signal,
    identities: beside?.identities,
    spool: options.spool,
    seal: options.seal ?? noSeal,
    retention: options.retention ?? loadRetention(shippedRetention),
    figures: options.figures ?? sourceOf(options.store),
    webhookHosts: options.webhookHosts ?? allowedHosts(),
    publicUrl: options.publicUrl,
    projected: options.projected ?? (async () => {}),
    wrote: () => {
      live.poke();
      options.wrote?.();
    },
  };
  for (const resource of resources) await app.register(async (scope) => resource(scope, shared));
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  return app;
}

/** Ends a connection whose message has not come whole in so many milliseconds. */
function endUnlessWhole(message: IncomingMessage, ms: number): void {
  const timer = setTimeout(() => message.destroy(), ms);
  message.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}

/** Of what brings none nobody reads to the end, and a stream of events lasts for hours. */
const bringsBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Of a stream whose sender went away: nobody hears it, and it is no fault of ours to be counted. */
const brokenOff = (): CrosscheckError =>
  new CrosscheckError('CC_REQUEST_INVALID', { pointer: '/', problem: 'its sender went away in its middle' });

/** Fastify's own errors in our words; what is not known tells nothing of our inside. */
function translate(error: FastifyError, contentType: string | undefined, bodyLimit: number): CrosscheckError {
  if (error.validation !== undefined) {
    const fault = error.validation[0]!;
    const params = fault.params as Record<string, unknown>;
    const extra = params.additionalProperty ?? params.missingProperty ?? params.allowedValues;
    return new CrosscheckError('CC_REQUEST_INVALID', {
      pointer: `/${error.validationContext ?? 'request'}${fault.instancePath}`,
      problem: `${fault.message}${extra === undefined ? '' : ` (${Array.isArray(extra) ? extra.join(', ') : extra})`}`,
    });
  }
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new CrosscheckError('CC_BODY_TOO_LARGE', { limit: bodyLimit });
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new CrosscheckError('CC_MEDIA_TYPE', { type: (contentType ?? 'none').slice(0, 100) });
  }
  if (error.code === 'FST_ERR_BAD_URL') {
    return new CrosscheckError('CC_REQUEST_INVALID', {
      pointer: '/url',
      problem: 'it is not percent-encoded',
    });
  }
  if (error.code === 'FST_ERR_MAX_PARAM_LENGTH') {
    return new CrosscheckError('CC_REQUEST_INVALID', {
      pointer: '/url',
      problem: 'a part of it is too long',
    });
  }
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return new CrosscheckError('CC_REQUEST_INVALID', { pointer: '/', problem: error.message });
  }
  return new CrosscheckError('CC_INTERNAL', {}, {}, error);
}
