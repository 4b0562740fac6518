import { request, type RequestOptions } from 'node:http';
import type * as Electron from 'electron';

/** Chromium's network as far as electron-updater uses it: plain requests, here by Node and to this computer only. */
export const net = {
  request: (options) => {
    const { hostname, port, path, method, headers } = options as RequestOptions;
    if (hostname !== '127.0.0.1') throw new Error(`A test asked ${hostname} for something.`);
    const plain: RequestOptions = { hostname, path: path ?? '/', method: method ?? 'GET' };
    if (port != null) plain.port = port;
    if (headers) plain.headers = headers;
    return request(plain) as unknown as Electron.ClientRequest;
  },
} satisfies Partial<Electron.Net>;
