/** What misconduct leaves in the system's own logs: sessions of accounts, and criteria as they were changed. */
export interface SystemEvent {
  kind: 'session' | 'criterion';
  record: Readonly<Record<string, string | number | boolean>>;
}
