/**
 * A reverse proxy that buffers answers as nginx does by default (`proxy_buffering on`, 4k to 8k a buffer): what comes is
 * passed on when a buffer is full or the answer ends, unless the answer says `X-Accel-Buffering: no`. Requests are passed on as
 * they come (`proxy_request_buffering off`).
 */
import { request as ask, createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const bufferBytes = 8 * 1_024;

export interface BufferingProxy {
  port: number;
  close(): Promise<void>;
}

export async function bufferingProxy(upstreamPort: number): Promise<BufferingProxy> {
  const server: Server = createServer((incoming, outgoing) => {
    const { method, url: path, headers } = incoming;
    const upstream = ask({ host: '127.0.0.1', port: upstreamPort, method, path, headers }, (answer) => {
      const buffers = answer.headers['x-accel-buffering'] !== 'no';
      let held: Buffer[] = [];
      let bytes = 0;
      const pass = () => {
        if (!outgoing.headersSent) outgoing.writeHead(answer.statusCode!, answer.headers);
        if (held.length > 0) outgoing.write(Buffer.concat(held));
        held = [];
        bytes = 0;
      };
      if (!buffers) {
        pass();
        outgoing.flushHeaders();
      }
      answer.on('data', (chunk: Buffer) => {
        held.push(chunk);
        bytes += chunk.length;
        if (!buffers || bytes >= bufferBytes) pass();
      });
      answer.on('end', () => {
        pass();
        outgoing.end();
      });
      answer.on('error', () => outgoing.destroy());
    });
    upstream.on('error', () => outgoing.destroy());
    outgoing.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
