// The least an MCP server over stdio must do, written by hand so that a test can make it misbehave at any point.
import { createInterface } from 'node:readline';

export const send = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
export const notify = (method, params = {}) => send({ method, params });
export const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });
export const tool = (name, more = {}) => ({ name, inputSchema: { type: 'object' }, ...more });

let nextId = 1;
const waiting = new Map();

/** Asks the client something; resolves with its result, rejects with its error. */
export function ask(method, params = {}) {
  const id = `server-${nextId++}`;
  send({ id, method, params });
  return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
}

/**
 * @param {{ tools?: object[], call?: (name: string, args: object, request: object) => unknown,
 *   capabilities?: object, on?: Record<string, (params: object, request: object) => unknown>,
 *   keepAlive?: boolean }} options
 */
export function serve({
  tools = [],
  call = () => text('ok'),
  capabilities = { tools: {} },
  on = {},
  keepAlive = false,
}) {
  const handlers = {
    initialize: ({ protocolVersion }) => ({
      protocolVersion,
      capabilities,
      serverInfo: { name: 'fake', version: '1.0.0' },
    }),
    ping: () => ({}),
    'tools/list': () => ({ tools }),
    'tools/call': ({ name, arguments: args }, request) => call(name, args, request),
    ...on,
  };
  const receive = async (message) => {
    if (message.method === undefined) {
      const asked = waiting.get(message.id);
      waiting.delete(message.id);
      return message.error ? asked?.reject(message.error) : asked?.resolve(message.result);
    }
    const handler = handlers[message.method];
    if (message.id === undefined) return handler?.(message.params ?? {}, message);
    if (!handler)
      return send({ id: message.id, error: { code: -32601, message: `no method ${message.method}` } });
    try {
      const result = await handler(message.params ?? {}, message);
      if (result !== undefined) send({ id: message.id, result });
    } catch (error) {
      send({ id: message.id, error: { code: -32000, message: error.message } });
    }
  };
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => void receive(JSON.parse(line)));
  if (keepAlive) setInterval(() => {}, 60_000);
  else lines.on('close', () => process.exit(0));
}
