/** The table of resources: each is one plugin in one file. */
import { auditRoutes } from './audit.ts';
import { baselineRoutes } from './baselines.ts';
import { checkRoutes } from './checks.ts';
import { declarationRoutes } from './declarations.ts';
import { editionRoutes } from './editions.ts';
import { effectivenessRoutes } from './effectiveness.ts';
import { extractRoutes } from './extracts.ts';
import { findingRoutes } from './findings.ts';
import { healthRoutes } from './health.ts';
import { historyRoutes } from './history.ts';
import { importRoutes } from './import.ts';
import { indicatorRoutes } from './indicators.ts';
import { keyRoutes } from './keys.ts';
import { listRoutes } from './lists.ts';
import { liveRoutes } from './live.ts';
import { mirrorRoutes } from './mirror.ts';
import { operationRoutes } from './operations.ts';
import { outcomeRoutes } from './outcomes.ts';
import { pairRoutes } from './pairs.ts';
import { peopleRoutes } from './people.ts';
import { phaseRoutes } from './phases.ts';
import { postClearanceRoutes } from './post-clearance.ts';
import { recheckRoutes } from './recheck.ts';
import { referenceRoutes } from './reference.ts';
import { reportRoutes } from './reports.ts';
import type { Resource } from './resource.ts';
import { retentionRoutes } from './retention.ts';
import { ruleRoutes } from './rules.ts';
import { selectivityRoutes } from './selectivity.ts';
import { sheetRoutes } from './sheets.ts';
import { webhookRoutes } from './webhooks.ts';

export const resources: readonly Resource[] = [
  checkRoutes,
  declarationRoutes,
  outcomeRoutes,
  ruleRoutes,
  effectivenessRoutes,
  selectivityRoutes,
  postClearanceRoutes,
  operationRoutes,
  recheckRoutes,
  retentionRoutes,
  historyRoutes,
  auditRoutes,
  findingRoutes,
  indicatorRoutes,
  mirrorRoutes,
  pairRoutes,
  editionRoutes,
  reportRoutes,
  sheetRoutes,
  phaseRoutes,
  peopleRoutes,
  importRoutes,
  extractRoutes,
  referenceRoutes,
  listRoutes,
  baselineRoutes,
  keyRoutes,
  liveRoutes,
  webhookRoutes,
  healthRoutes,
];
