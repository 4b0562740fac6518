import {
  createJSONRPCErrorResponse,
  isJSONRPCRequest,
  type JSONRPCRequest,
  JSONRPCErrorCode,
  JSONRPCServer,
  type JSONRPCResponse,
} from 'json-rpc-2.0';
import {
  AppError,
  methods,
  NOT_FOR_PAGES,
  parse,
  type Handlers,
  type MethodName,
} from '../contract/index.js';
import { isDeeper } from './json-depth.js';
import { withoutSecrets } from './known-secrets.js';
import { refuse, toWireError } from './rpc-error.js';

/**
 * Who sends a message. A page of ours shows what servers and remotes say, so it is asked what a script that broke out
 * of that could do; a program of the person's own (a command line, a script with the token) shows nothing.
 */
export type Caller = 'page' | 'program';

/** Methods that answer what a server says. It was given its secrets; a program may hear them from it, a page may not. */
const FROM_SERVERS: ReadonlySet<string> = new Set<MethodName>([
  'tool.list',
  'tool.call',
  'resource.list',
  'resource.read',
  'prompt.list',
  'prompt.get',
]);

/** Methods that answer what stands in other programs' files, where a secret may have been exported to in plain text. */
const FROM_FILES: ReadonlySet<string> = new Set<MethodName>([
  'import.scan',
  'import.preview',
  'export.preview',
  'export.removePreview',
  'export.undoPreview',
  'client.list',
  'client.diff',
]);

const mayHoldSecrets = (method: string, caller: Caller): boolean =>
  FROM_FILES.has(method) || (caller === 'page' && FROM_SERVERS.has(method));

/** Where a host hands in one message; `null` when there is nothing to answer (a notification). Neither ever rejects. */
export type Rpc = {
  receive(message: unknown, caller?: Caller): Promise<JSONRPCResponse | null>;
  /** The same for text that came over a wire. @param text `undefined` for what was no text */
  receiveText(text: string | undefined, caller: Caller): Promise<string | null>;
};

/** No form, no file and no tool's arguments come near. */
const MAX_DEPTH = 1_000;

const refusal = (code: JSONRPCErrorCode, message: string): string =>
  JSON.stringify(createJSONRPCErrorResponse(null, code, message));
const NOT_JSON = refusal(JSONRPCErrorCode.ParseError, 'Not JSON.');
const TOO_DEEP = refusal(JSONRPCErrorCode.InvalidRequest, 'Nested too deeply.');

export type RpcOptions = {
  redact(text: string): string;
  /** Told of errors that are bugs, so that a host can log them. */
  onFault(method: string, error: unknown): void;
};

/** The contract's methods as one JSON-RPC 2.0 server. Params are parsed before a handler sees them. */
export function createRpc(handlers: Handlers, { redact, onFault }: RpcOptions): Rpc {
  const server = new JSONRPCServer<{ caller: Caller }>({ errorListener: () => undefined });
  server.mapErrorToJSONRPCErrorResponse = (id, error: unknown) => {
    const { code, message, data } = toWireError(error, redact);
    return createJSONRPCErrorResponse(id, code, message, data);
  };
  for (const name of Object.keys(methods) as MethodName[]) {
    const handler = handlers[name] as (params: unknown) => unknown;
    server.addMethod(name, async (params: unknown, { caller }) => {
      if (caller === 'page' && NOT_FOR_PAGES.has(name)) throw notForPages(name);
      const parsed = parse(methods[name].params, params ?? {});
      if (!parsed.ok) return refuse(`The params of ${name} are not right`, parsed.fault);
      try {
        const answer = await handler(parsed.value);
        return mayHoldSecrets(name, caller) ? withoutSecrets(answer, redact) : answer;
      } catch (error) {
        if (toWireError(error, redact).code === JSONRPCErrorCode.InternalError) onFault(name, error);
        throw error;
      }
    });
  }
  const receive = async (message: unknown, caller: Caller = 'page'): Promise<JSONRPCResponse | null> => {
    // INTERFACE §2: one object a message; a batch is refused like anything else that is no request.
    if (!isRequest(message))
      return createJSONRPCErrorResponse(null, JSONRPCErrorCode.InvalidRequest, 'Not a JSON-RPC 2.0 request.');
    const { method, id } = message;
    // The library looks methods up in an object, where `constructor` and `toString` are found as well.
    if (!Object.hasOwn(methods, method))
      return id === undefined
        ? null
        : createJSONRPCErrorResponse(id, JSONRPCErrorCode.MethodNotFound, 'There is no such method.');
    return server.receive(message, { caller });
  };
  return {
    receive,
    async receiveText(text, caller) {
      if (text !== undefined && isDeeper(text, MAX_DEPTH)) return TOO_DEEP;
      let message: unknown;
      try {
        message = JSON.parse(text ?? '');
      } catch {
        return NOT_JSON;
      }
      const response = await receive(message, caller);
      return response && JSON.stringify(response);
    },
  };
}

function isRequest(message: unknown): message is JSONRPCRequest {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return false;
  if (!isJSONRPCRequest(message)) return false;
  const { id, method } = message as { id?: unknown; method?: unknown };
  return (
    typeof method === 'string' &&
    (id === undefined || id === null || typeof id === 'string' || typeof id === 'number')
  );
}

function notForPages(method: string): AppError {
  return new AppError(
    'consent_required',
    `${method} is not answered to a window.`,
    'Ask with trust.ask: the person then answers where no page can answer for them.',
  );
}
