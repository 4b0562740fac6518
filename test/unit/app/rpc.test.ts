import { describe, expect, it, vi } from 'vitest';
import { createRpc } from '../../../src-main/app/rpc.js';
import { AppError, type Handlers } from '../../../src-main/contract/index.js';

const redact = (text: string): string => text.replaceAll('hunter2', '••••');

function rpc(handlers: Partial<Record<keyof Handlers, unknown>>) {
  const onFault = vi.fn();
  return { onFault, server: createRpc(handlers as Handlers, { redact, onFault }) };
}

const ask = (method: string, params?: unknown) => ({
  jsonrpc: '2.0',
  id: 1,
  method,
  ...(params !== undefined && { params }),
});

describe('the JSON-RPC door', () => {
  it('answers what a handler answers', async () => {
    const { server } = rpc({ 'run.start': ({ serverId }: { serverId: string }) => ({ run: serverId }) });
    expect(await server.receive(ask('run.start', { serverId: 'a' }))).toEqual({
      jsonrpc: '2.0',
      id: 1,
      result: { run: 'a' },
    });
  });

  it.each([
    null,
    7,
    'text',
    [],
    [ask('app.info')],
    {},
    { jsonrpc: '1.0', id: 1, method: 'app.info' },
    { jsonrpc: '2.0', id: {}, method: 'app.info' },
  ])('refuses %j as no request', async (message) => {
    const { server } = rpc({});
    expect(await server.receive(message)).toMatchObject({ id: null, error: { code: -32600 } });
  });

  it.each(['nothing.here', 'constructor', '__proto__', 'toString'])('does not know %s', async (method) => {
    const { server } = rpc({});
    expect(await server.receive(ask(method))).toMatchObject({ id: 1, error: { code: -32601 } });
  });

  it('names the path of a param of the wrong shape, and does not call the handler', async () => {
    const handler = vi.fn();
    const { server } = rpc({ 'run.start': handler });
    expect(await server.receive(ask('run.start', { serverId: 7, extra: 1 }))).toMatchObject({
      error: {
        code: -32602,
        data: { issues: [{ path: 'serverId' }, { path: 'extra' }] },
      },
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it('carries an app error whole, and redacted', async () => {
    const failing = (): never => {
      throw new AppError('start_failed', 'It said hunter2', 'Try without hunter2.', [
        { path: 'a', message: 'b' },
      ]);
    };
    const { server } = rpc({ 'run.start': failing });
    expect(await server.receive(ask('run.start', { serverId: 'a' }))).toMatchObject({
      error: {
        code: -32000,
        message: 'It said ••••',
        data: { code: 'start_failed', hint: 'Try without ••••.', issues: [{ path: 'a', message: 'b' }] },
      },
    });
  });

  it('says nothing of what a bug was about, but tells the host', async () => {
    const { server, onFault } = rpc({
      'app.info': () => {
        throw new TypeError('secret detail');
      },
    });
    const response = await server.receive(ask('app.info'));
    expect(response).toMatchObject({ error: { code: -32603 } });
    expect(JSON.stringify(response)).not.toContain('secret detail');
    expect(onFault).toHaveBeenCalledOnce();
  });

  it('answers a notification with nothing', async () => {
    const { server } = rpc({ 'app.info': () => ({}) });
    expect(await server.receive({ jsonrpc: '2.0', method: 'app.info' })).toBeNull();
  });
});
