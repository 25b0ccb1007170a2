/** What a resource is: one plugin, and what every plugin is given. */
import type { FastifyInstance } from 'fastify';
import type { AuditLog } from '../audit/log.ts';
import type { Desk } from '../check/desk.ts';
import type { Office } from '../check/lodge.ts';
import type { Spool } from '../check/spool.ts';
import type { Seal } from '../ground/seal.ts';
import type { Source } from '../indicators/figure.ts';
import type { Identities } from '../intake/record.ts';
import type { Store } from '../store/port.ts';
import type { Live } from './live-stream.ts';
import type { Metrics } from './metrics.ts';
import type { Replicas } from './replicas.ts';
import type { LoadedRetention } from './retention/policy.ts';
import type { AllowedHosts } from './webhooks/address.ts';

/** What every resource plugin is given. */
export interface Resources {
  store: Store;
  desk: Desk;
  office: Office;
  audit: AuditLog;
  live: Live;
  metrics: Metrics;
  figures: Source;
  /** Hosts of the administration's own network to which webhooks may go. */
  webhookHosts: AllowedHosts;
  /** Under which people reach the service, where that was told. */
  publicUrl: string | undefined;
  replicas: Replicas;
  /** Aborted when whoever reads or writes a stream has to come to an end. */
  stopping: AbortSignal;
  /** Reads lines of batches beside the event loop, where there is a second processor. */
  identities: Identities | undefined;
  /** Takes checks that the store does not. */
  spool: Spool | undefined;
  /** Seals the secrets of webhooks. */
  seal: Seal;
  retention: LoadedRetention;
  wrote: () => void;
  /** Resolves when figures know what was written before the call: for what is drawn up to stay. */
  projected: () => Promise<void>;
}

export type Resource = (app: FastifyInstance, resources: Resources) => void;
