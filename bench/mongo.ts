/** The MongoDB that benchmarks run on: that of MONGODB_URI, else mongodb-memory-server's; undefined without either. */
export async function mongoAddress(): Promise<{ uri: string; stop(): Promise<unknown> } | undefined> {
  if (process.env.MONGODB_URI !== undefined) return { uri: process.env.MONGODB_URI, stop: async () => {} };
  process.env.MONGOMS_SYSTEM_BINARY_VERSION_CHECK ??= 'false';
  try {
    const { MongoMemoryServer } = await import('mongodb-memory-server');
    const server = await MongoMemoryServer.create({ instance: { storageEngine: 'wiredTiger' } });
    return { uri: server.getUri('bench'), stop: () => server.stop() };
  } catch (thrown) {
    process.stderr.write(`without MongoDB: ${String(thrown).split('\n', 1)[0]}\n`);
    return undefined;
  }
}
