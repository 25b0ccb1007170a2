/**
 * What a command changes, or reads by name, stands in the audit log as it does where a service does it for somebody: by the
 * command line, in the role of this machine's own session.
 */
import { type AuditLog, openAuditLog } from '../audit/log.ts';
import { localCaller } from '../service/caller.ts';
import type { Store } from '../store/port.ts';

/** Who a command acts as. */
export const commandLine = 'command line';

/** One chain for all that one command does. */
const logs = new WeakMap<Store, AuditLog>();
function logOf(store: Store): AuditLog {
  const log = logs.get(store) ?? openAuditLog(store);
  logs.set(store, log);
  return log;
}

/** Durable when it resolves: what must not happen without a record awaits it first. */
export const onRecord = (
  store: Store,
  action: string,
  object: string,
  detail?: Record<string, unknown>,
): Promise<void> =>
  logOf(store).record({
    subject: commandLine,
    role: localCaller.role,
    action,
    object,
    ...(detail === undefined ? {} : { detail }),
  });
