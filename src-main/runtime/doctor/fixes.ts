import type { FixAction, Server } from '../../contract/index.js';

export const askShellAgain: FixAction = {
  label: 'Ask the login shell again',
  method: 'environment.refresh',
  params: {},
};

/** An edit of the server that was examined; the history can take it back. */
export function edit(server: Server, label: string, patch: Record<string, unknown>): FixAction {
  return {
    label,
    method: 'server.update',
    params: { id: server.id, revision: server.revision, patch },
  };
}

export function setting(label: string, patch: Record<string, unknown>): FixAction {
  return { label, method: 'settings.update', params: { patch } };
}
