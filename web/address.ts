import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../engine/errors.ts';

/** @returns the port. @throws ConfigError where the address cannot be listened on */
export function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port));
    server.once('error', refused);
    server.listen(port, host, () => {
      server.off('error', refused);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/** Tells before anything is opened or made whether the address is free. @throws ConfigError */
export async function checkAddress(host: string, port: number): Promise<void> {
  const server = createServer();
  await listen(server, host, port);
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number): ConfigError {
  const text: Readonly<Record<string, string>> = {
    EADDRINUSE: `HTTP_PORT: port ${port} on ${host} is in use by another program`,
    EACCES: `HTTP_PORT: port ${port} may not be opened by this user`,
    EADDRNOTAVAIL: `HTTP_HOST: ${host} is not an address of this machine`,
    ENOTFOUND: `HTTP_HOST: ${host} is not a known name`,
  };
  return new ConfigError(text[error.code ?? ''] ?? `HTTP_PORT: cannot listen on ${host}:${port}: ${error.message}`, {
    cause: error,
  });
}
