import type { ServerInput } from '../../../../src-main/contract/index.js';

/**
 * Fills in what a server in JSON leaves out, as the host would: a field that was taken out of the text must not keep
 * its old value in the form. For inputs of the right shape.
 */
export function withDefaults(input: Partial<ServerInput>): Partial<ServerInput> {
  return {
    ...input,
    name: input.name ?? '',
    description: input.description ?? '',
    tags: input.tags ?? [],
    tools: {
      execute: input.tools?.execute ?? ['*'],
      autoExecute: input.tools?.autoExecute ?? [],
      pricing: input.tools?.pricing ?? {},
    },
    codeMode: input.codeMode ?? false,
    lifecycle: {
      autostart: input.lifecycle?.autostart ?? false,
      restart: input.lifecycle?.restart ?? 'on_failure',
      onDemand: input.lifecycle?.onDemand ?? false,
      idleMinutes: input.lifecycle?.idleMinutes ?? 10,
    },
    protocolLog: input.protocolLog ?? false,
  };
}
