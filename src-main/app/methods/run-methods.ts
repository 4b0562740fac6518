import type { Handlers } from '../../contract/index.js';
import { mustHave, SERVERS } from '../entities.js';
import type { Parts } from '../parts.js';

type Names =
  | 'run.start'
  | 'run.stop'
  | 'run.restart'
  | 'run.logs'
  | 'run.metrics'
  | 'tool.list'
  | 'tool.call'
  | 'tool.cancel'
  | 'tool.calls'
  | 'resource.list'
  | 'resource.read'
  | 'prompt.list'
  | 'prompt.get'
  | 'doctor.check'
  | 'package.fetch'
  | 'package.cancelFetch'
  | 'environment.refresh'
  | 'question.answer';

export function runMethods(parts: Parts): Pick<Handlers, Names> {
  const { catalog, runtime, calls } = parts;
  const known = (serverId: string): string => mustHave(SERVERS, catalog, serverId).id;

  return {
    'run.start': async ({ serverId }) => ({ run: await runtime.start(known(serverId)) }),
    'run.stop': async ({ serverId }) => ({ run: await runtime.stop(known(serverId)) }),
    'run.restart': async ({ serverId }) => ({ run: await runtime.restart(known(serverId)) }),
    'run.logs': async ({ serverId, before, limit, search }) => ({
      entries: await runtime.logs(known(serverId), {
        limit,
        ...(before !== undefined && { before }),
        ...(search && { search }),
      }),
    }),
    'run.metrics': async ({ serverId }) => ({ metrics: await runtime.metrics(known(serverId)) }),

    'tool.list': async ({ serverId }) => ({ tools: await runtime.tools(known(serverId)) }),
    'tool.call': async ({ serverId, name, arguments: input, timeoutMs, callId }) => {
      const server = mustHave(SERVERS, catalog, serverId);
      // tools.execute says what agents may run through a gateway; a person at this form may try any tool.
      const called = await runtime.callTool(serverId, {
        name,
        arguments: input,
        ...(timeoutMs !== undefined && { timeoutMs }),
        ...(callId !== undefined && { callId }),
      });
      void calls.add(serverId, name);
      const price = Object.hasOwn(server.tools.pricing, name) ? server.tools.pricing[name] : undefined;
      return { ...called, ...(price !== undefined && { costUsd: price }) };
    },
    'tool.calls': async ({ serverId }) => ({ days: await calls.of(known(serverId)) }),
    'tool.cancel': ({ callId }) => {
      runtime.cancelCall(callId);
      return {};
    },
    'resource.list': ({ serverId }) => runtime.resources(known(serverId)),
    'resource.read': ({ serverId, uri }) => runtime.readResource(known(serverId), uri),
    'prompt.list': ({ serverId }) => runtime.prompts(known(serverId)),
    'prompt.get': ({ serverId, name, arguments: input }) => runtime.getPrompt(known(serverId), name, input),

    'doctor.check': async ({ serverId }) => ({
      findings: await runtime.doctor(mustHave(SERVERS, catalog, serverId)),
    }),
    'package.fetch': async ({ serverId }) => {
      await runtime.fetchPackage(known(serverId));
      return {};
    },
    'package.cancelFetch': async ({ serverId }) => {
      await runtime.cancelFetch(known(serverId));
      return {};
    },
    'environment.refresh': () => runtime.refreshEnvironment(),
    'question.answer': ({ id, action, content }) => {
      runtime.answer(id, action, content);
      return {};
    },
  };
}
