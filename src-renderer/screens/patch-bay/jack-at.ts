import type { Server } from '../../../src-main/contract/index.js';
import { jackOfClient, type JackState } from '../../components/jack-state.js';
import { catalog } from '../../state/catalog.svelte.js';
import { clients } from '../../state/clients.svelte.js';
import { syncPanel } from '../../state/sync-panel.svelte.js';
import type { BayColumn } from './bay-columns.js';

/** What the jack of a server in a column shows now. */
export function jackAt(server: Server, column: BayColumn): JackState {
  if (column.kind === 'client') {
    const cell = clients.cellAt(server.id, column.client.client);
    return cell ? jackOfClient(cell.state) : 'empty';
  }
  const link = catalog.linkAt(server.id, column.remote.id);
  if (!link) return 'empty';
  return syncPanel.busy.has(link.id) ? 'busy' : link.state;
}
