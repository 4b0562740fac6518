import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { rpc } from '../../../src-renderer/rpc/client.js';
import { fieldErrors, problemOf, RpcError } from '../../../src-renderer/rpc/rpc-error.js';
import { takeToken } from '../../../src-renderer/rpc/token.js';
import type { TransportState } from '../../../src-renderer/rpc/transport.js';
import { WebSocketTransport } from '../../../src-renderer/rpc/websocket.js';
import { FakeFault, FakeHost, fakeServer } from '../fake-host.js';

function attached(host = new FakeHost()): FakeHost {
  onTestFinished(rpc.attach(host));
  return host;
}

describe('the client', () => {
  it('calls a method and answers its result', async () => {
    const host = attached();
    const server = host.putServer(fakeServer({ id: 'a', name: 'one' }));
    const { server: copy } = await rpc.call('server.duplicate', { id: server.id });
    expect(copy.name).toBe('one copy');
    expect(host.called('server.duplicate')).toEqual({ id: 'a' });
  });

  it('keeps answers apart that come in another order', async () => {
    const host = attached();
    let first: (answer: { path: string; shell: string; tookMs: number }) => void = () => undefined;
    host.handlers['environment.refresh'] = () => new Promise((resolve) => (first = resolve));
    const slow = rpc.call('environment.refresh');
    const quick = await rpc.call('secret.copy', { id: 'x' });
    first({ path: '/bin', shell: 'sh', tookMs: 1 });
    expect(quick).toEqual({ clearsInMs: 30_000 });
    expect(await slow).toMatchObject({ path: '/bin' });
  });

  it('reads an app error with its code, hint and field faults', async () => {
    const host = attached();
    host.handlers['server.create'] = () => {
      throw new FakeFault('invalid', 'Some fields cannot be saved.', 'Correct them.', [
        { path: 'transport.command', message: 'must not be empty' },
      ]);
    };
    const error = await rpc
      .call('server.create', { server: { name: 'x' } as never })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(RpcError);
    expect(problemOf(error)).toEqual({
      code: 'invalid',
      message: 'Some fields cannot be saved.',
      hint: 'Correct them.',
    });
    expect(fieldErrors(error)).toEqual({ 'transport.command': 'must not be empty' });
  });

  it('gives up every open call when the connection is lost', async () => {
    const host = attached();
    host.handlers['run.start'] = () => new Promise(() => undefined);
    const call = rpc.call('run.start', { serverId: 'a' });
    const refused = expect(call).rejects.toMatchObject({ code: 'lost' });
    host.setState({ status: 'waiting', attempt: 1, retryAt: 0 });
    await refused;
  });

  it('refuses a call that cannot be sent', async () => {
    const host = attached();
    host.send = () => {
      throw new Error('closed');
    };
    await expect(rpc.call('app.info')).rejects.toMatchObject({ code: 'lost' });
  });

  it('tells notifications to those who listen, until they stop', () => {
    const host = attached();
    const heard: string[] = [];
    const stop = rpc.on('tools.changed', ({ serverId }) => heard.push(serverId));
    host.notify('tools.changed', { serverId: 'a' });
    host.notify('question.closed', { id: 'q' });
    stop();
    host.notify('tools.changed', { serverId: 'b' });
    expect(heard).toEqual(['a']);
  });
});

describe('the token of the address', () => {
  it('is taken off the address at once and kept for the tab', () => {
    window.history.replaceState(null, '', '/#token=abc123');
    expect(takeToken(window.location, window.history, sessionStorage)).toBe('abc123');
    expect(window.location.href).not.toContain('abc123');
    expect(window.location.hash).toBe('#/');
    expect(takeToken(window.location, window.history, sessionStorage)).toBe('abc123');
    sessionStorage.clear();
    expect(takeToken(window.location, window.history, sessionStorage)).toBeUndefined();
  });
});

class FakeSocket {
  static readonly OPEN = 1;
  static made: FakeSocket[] = [];
  readyState = 0;
  sent: string[] = [];
  onopen?: () => void;
  onclose?: () => void;
  onmessage?: (event: { data: string }) => void;
  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.made.push(this);
  }
  send(text: string): void {
    this.sent.push(text);
  }
  close(): void {
    this.onclose?.();
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
}

function webSocket(o: { token?: string | undefined; hostAnswers?: boolean } = {}) {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeSocket);
  onTestFinished(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    FakeSocket.made = [];
  });
  const states: TransportState[] = [];
  const transport = new WebSocketTransport({
    url: 'ws://host/rpc',
    token: () => ('token' in o ? o.token : 't0k'),
    hostAnswers: () => Promise.resolve(o.hostAnswers ?? false),
  });
  transport.onState((state) => states.push(state));
  transport.start();
  return { transport, states, sockets: FakeSocket.made };
}

describe('the WebSocket transport', () => {
  it('offers the protocol and the token as subprotocols', () => {
    const { sockets, transport, states } = webSocket();
    expect(sockets[0]?.protocols).toEqual(['jackfield.v1', 'bearer.t0k']);
    sockets[0]?.open();
    transport.send({ id: 1 });
    expect(sockets[0]?.sent).toEqual(['{"id":1}']);
    expect(states.map((state) => state.status)).toEqual(['connecting', 'open']);
  });

  it('connects again by itself, waiting longer each time, and anew after it was open', async () => {
    const { sockets, states } = webSocket();
    sockets[0]?.open();
    sockets[0]?.close();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await vi.waitFor(() => expect(states.at(-1)?.status).toBe('waiting'));
      const state = states.at(-1) as { retryAt: number };
      waits.push(state.retryAt - Date.now());
      await vi.advanceTimersByTimeAsync(state.retryAt - Date.now());
      sockets.at(-1)?.close();
    }
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(waits[2]).toBeGreaterThan(waits[1] ?? 0);
    expect(sockets).toHaveLength(4);
  });

  it('tries at once when it is told to', async () => {
    const { sockets, states, transport } = webSocket();
    sockets[0]?.close();
    await vi.waitFor(() => expect(states.at(-1)?.status).toBe('waiting'));
    transport.retry();
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
  });

  it('does not go on trying with a token that is refused', async () => {
    const { sockets, states } = webSocket({ hostAnswers: true });
    sockets[0]?.close();
    await vi.waitFor(() => expect(states.at(-1)).toEqual({ status: 'refused', reason: 'token_refused' }));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('says that there is no token, and makes no connection', () => {
    const { sockets, states } = webSocket({ token: undefined });
    expect(states).toEqual([{ status: 'refused', reason: 'no_token' }]);
    expect(sockets).toHaveLength(0);
  });
});
