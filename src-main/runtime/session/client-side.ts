import {
  ProtocolError,
  ProtocolErrorCode,
  type Client,
  type ClientCapabilities,
  type CreateMessageRequest,
  type ElicitRequest,
} from '@modelcontextprotocol/client';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answer, Questions } from './questions.js';

/** What this client can be asked by servers. */
export const CLIENT_CAPABILITIES: ClientCapabilities = {
  roots: { listChanged: true },
  sampling: {},
  elicitation: { form: {} },
};

/** The MCP specification gives no code for "the user said no" but uses -1 in its example of sampling. */
const USER_REFUSED = -1;

export type ClientSidePorts = {
  serverId: string;
  /** Folders as the person wrote them. */
  roots(): string[];
  home: string;
  questions: Questions;
  redact(text: string): string;
};

/** Answers what a server asks of its client: its roots, and questions that only the person can answer. */
export function installClientSide(client: Client, ports: ClientSidePorts): void {
  client.setRequestHandler('roots/list', () => ({
    roots: ports.roots().map((folder) => rootOf(folder, ports.home)),
  }));
  client.setRequestHandler('elicitation/create', (request, context) =>
    elicit(request, ports, context.mcpReq.signal),
  );
  client.setRequestHandler('sampling/createMessage', (request, context) =>
    sample(request, ports, context.mcpReq.signal),
  );
}

export function rootOf(folder: string, home: string): { uri: string; name: string } {
  const full = path.resolve(home, folder.replace(/^~(?=$|[/\\])/, home));
  return { uri: pathToFileURL(full).href, name: path.basename(full) || full };
}

async function elicit(
  request: ElicitRequest,
  { serverId, questions, redact }: ClientSidePorts,
  signal: AbortSignal,
): Promise<{ action: Answer['action']; content?: Record<string, never> }> {
  const { params } = request;
  const schema =
    'requestedSchema' in params ? (params.requestedSchema as Record<string, unknown>) : undefined;
  const answer = await questions.ask(
    { serverId, kind: 'elicitation', message: redact(params.message), ...(schema && { schema }) },
    signal,
  );
  if (answer.action !== 'accept') return { action: answer.action };
  // The client checks what is sent against the schema of the protocol; fields are the form's own.
  return { action: 'accept', content: (answer.content ?? {}) as Record<string, never> };
}

async function sample(
  request: CreateMessageRequest,
  { serverId, questions, redact }: ClientSidePorts,
  signal: AbortSignal,
): Promise<{
  model: string;
  role: 'assistant';
  stopReason: string;
  content: { type: 'text'; text: string };
}> {
  const answer = await questions.ask(
    {
      serverId,
      kind: 'sampling',
      message: 'The server asks for a model’s answer. Write it yourself, or refuse.',
      preview: redact(previewOf(request)),
    },
    signal,
  );
  const text = answer.content?.['text'];
  if (answer.action !== 'accept' || typeof text !== 'string')
    throw new ProtocolError(
      USER_REFUSED as ProtocolErrorCode,
      answer.action === 'decline' ? 'The user refused the request.' : 'Nobody answered the request.',
    );
  return { model: 'person', role: 'assistant', stopReason: 'endTurn', content: { type: 'text', text } };
}

function previewOf({ params }: CreateMessageRequest): string {
  const system = params.systemPrompt ? [`system: ${params.systemPrompt}`] : [];
  const messages = params.messages.flatMap(({ role, content }) =>
    [content].flat().map((block) => {
      const text = 'text' in block && typeof block.text === 'string' ? block.text : `[${block.type}]`;
      return `${role}: ${text}`;
    }),
  );
  return [...system, ...messages].join('\n\n');
}
