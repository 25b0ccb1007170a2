/**
 * Who may call what: one table, held against the routes when the service starts. A route that is not in it, or a line
 * without a route, stops the start; so nothing is open by oversight.
 */
import type { CallerRole } from '../caller.ts';

const readers: readonly CallerRole[] = ['officer', 'manager', 'analyst', 'integrity', 'auditor', 'local'];
const feeders: readonly CallerRole[] = ['system', 'local'];
const analysts: readonly CallerRole[] = ['analyst', 'integrity', 'auditor', 'local'];
const measurers: readonly CallerRole[] = ['manager', 'analyst', 'integrity', 'auditor', 'local'];
const webhookKeepers: readonly CallerRole[] = ['administrator', 'analyst', 'integrity', 'local'];
const administrators: readonly CallerRole[] = ['administrator', 'local'];

/** Roles by route; `public` needs no authentication. */
export const permissions: Readonly<Record<string, readonly CallerRole[] | 'public'>> = {
  'POST /v1/checks': feeders,
  'POST /v1/checks/batch': feeders,
  'GET /v1/checks': [...readers, 'system'],
  'GET /v1/checks/:id': [...readers, 'system'],
  'GET /v1/checks/degraded': [...readers, 'system', 'administrator'],
  // Who reads what is known to those who look into conduct.
  'GET /v1/checks/:id/told': ['integrity', 'auditor', 'local'],
  'GET /v1/checks/:id/replay': ['auditor', 'analyst', 'local'],
  'GET /v1/checks/:id/draw': ['auditor', 'local'],
  'GET /v1/audit': ['auditor', 'local'],
  'GET /v1/audit/verify': ['auditor', 'local'],
  // A commitment is worth something only if everybody can copy it.
  'GET /v1/draw-commitments': 'public',
  'POST /v1/declarations/:reference/events': feeders,
  'GET /v1/declarations': readers,
  'GET /v1/declarations/:reference': readers,
  'POST /v1/outcomes': feeders,
  'GET /v1/outcomes': readers,
  'POST /v1/import': feeders,
  'PUT /v1/extracts/:id/files/:name': feeders,
  'POST /v1/extracts/:id': feeders,
  'GET /v1/extracts/:id': feeders,
  'POST /v1/reference/:kind': [...feeders, 'administrator'],
  // Accounts are surrogates in it; rights and rosters are for those who look into conduct.
  'GET /v1/reference/:kind': ['analyst', 'integrity', 'auditor', 'administrator', 'local'],
  'POST /v1/manifests': feeders,
  'GET /v1/watermarks': readers,
  // What is watched and what goods usually cost is for those who analyse, and changed by them.
  'GET /v1/lists': [...analysts, 'administrator'],
  'GET /v1/lists/:id': [...analysts, 'administrator'],
  'GET /v1/lists/:id/match': analysts,
  'PUT /v1/lists/:id': ['analyst', 'administrator', 'local'],
  'DELETE /v1/lists/:id': ['analyst', 'administrator', 'local'],
  'GET /v1/baselines': analysts,
  'GET /v1/baselines/:group': analysts,
  'POST /v1/baselines': ['analyst', 'administrator', 'local'],
  'GET /v1/findings': readers,
  'GET /v1/findings/:id': readers,
  'GET /v1/rules': analysts,
  'GET /v1/rules/:id': analysts,
  'GET /v1/rules/effectiveness': analysts,
  // Thresholds and rates are what a trader would like to know.
  'GET /v1/selectivity': analysts,
  'GET /v1/selectivity/comparison': measurers,
  'GET /v1/post-clearance': readers,
  'GET /v1/post-clearance/coverage': measurers,
  'POST /v1/post-clearance/:reference/result': ['officer', ...feeders],
  'GET /v1/indicators': measurers,
  'GET /v1/indicators/:id': measurers,
  'GET /v1/indicators/:id/watch': measurers,
  'GET /v1/indicators/:id/declarations': measurers,
  'GET /v1/indicators/:id/pairs': ['integrity', 'auditor', 'local'],
  'GET /v1/editions': measurers,
  'POST /v1/editions': ['manager', 'analyst', 'integrity', 'local'],
  'POST /v1/reports': ['manager', 'analyst', 'integrity', 'local'],
  'GET /v1/editions/:id': measurers,
  'GET /v1/editions/:id/differences': measurers,
  'POST /v1/mirror-statistics': ['manager', 'analyst', 'integrity', 'local'],
  // By which one is measured one may read.
  'GET /v1/contracts': [...measurers, 'officer', 'declarant'],
  // Figures on one person: for that person, the line manager and the unit.
  'GET /v1/mark-sheets': ['officer', 'declarant', 'manager', 'integrity', 'local'],
  'POST /v1/mark-sheets': ['manager', 'local'],
  'GET /v1/mark-sheets/:id': ['officer', 'declarant', 'manager', 'integrity', 'local'],
  'POST /v1/mark-sheets/:id/comment': ['officer', 'declarant', 'local'],
  'POST /v1/mark-sheets/:id/countersign': ['manager', 'integrity', 'local'],
  'POST /v1/mark-sheets/:id/issue': ['manager', 'local'],
  'GET /v1/training-needs': ['officer', 'manager', 'integrity', 'local'],
  'GET /v1/phases': [...measurers, 'administrator'],
  'POST /v1/phases': ['administrator', 'integrity', 'local'],
  'POST /v1/phases/:id/confirm': ['administrator', 'integrity', 'local'],
  // Names, for the integrity unit; what a second person confirms tells that person no name.
  'POST /v1/people/:officer/look-up': ['integrity', 'local'],
  'GET /v1/unmaskings': ['integrity', 'auditor', 'administrator', 'local'],
  'POST /v1/unmaskings': ['integrity', 'local'],
  'POST /v1/unmaskings/:id/confirm': ['integrity', 'administrator', 'local'],
  'POST /v1/unmaskings/:id/withdraw': ['integrity', 'local'],
  'POST /v1/unmaskings/:id/refuse': ['integrity', 'administrator', 'local'],
  'POST /v1/unmaskings/:id/look-up': ['integrity', 'local'],
  'POST /v1/rebuild': administrators,
  'POST /v1/recheck': administrators,
  'GET /v1/retention': [...administrators, 'auditor'],
  'POST /v1/retention': administrators,
  // It writes where it is told to on this machine: for a command of the user who runs the service.
  'POST /v1/backup': ['local'],
  // Every declaration there is, for a backtest of the same user.
  'GET /v1/history': ['local'],
  'POST /v1/history': ['local'],
  'GET /v1/keys': administrators,
  'POST /v1/keys': administrators,
  'POST /v1/keys/:id/rotate': administrators,
  'DELETE /v1/keys/:id': administrators,
  'GET /v1/live': readers,
  // Each has sent what its own audience reads; an administrator keeps the ways open.
  'GET /v1/webhooks': [...webhookKeepers, 'auditor'],
  'POST /v1/webhooks': webhookKeepers,
  'PATCH /v1/webhooks/:id': webhookKeepers,
  'DELETE /v1/webhooks/:id': webhookKeepers,
  'POST /v1/webhooks/:id/secret': webhookKeepers,
  'POST /v1/webhooks/:id/ping': webhookKeepers,
  'POST /v1/webhooks/:id/resend': webhookKeepers,
  'GET /v1/webhook-deliveries': [...webhookKeepers, 'auditor'],
  'POST /v1/webhook-deliveries/:id/resend': webhookKeepers,
  // Counts by rule tell which rules there are: a scraper has a key, and sees the rules of its role.
  'GET /metrics': ['administrator', 'auditor', 'local'],
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /openapi.json': 'public',
};

/** What is of the whole country: refused to a key or token that is good for some offices. */
export const ofEveryOffice: ReadonlySet<string> = new Set([
  // One log of all offices, whose chains hold whole or not at all; that they hold may be asked by any auditor.
  'GET /v1/audit',
  'PUT /v1/lists/:id',
  'DELETE /v1/lists/:id',
  'POST /v1/baselines',
  'POST /v1/rebuild',
  'POST /v1/recheck',
  'POST /v1/retention',
]);
