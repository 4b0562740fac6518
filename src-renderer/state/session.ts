import { rpc } from '../rpc/client.js';
import type { Transport } from '../rpc/transport.js';
import { activity } from './activity.svelte.js';
import { catalog } from './catalog.svelte.js';
import { clients } from './clients.svelte.js';
import { connection } from './connection.svelte.js';
import { edits } from './edits.svelte.js';
import { tellDrift } from './drift.js';
import { followIntent } from './intents.js';
import { whenIdle } from './idle.js';
import { notices } from './notices.svelte.js';
import { questions } from './questions.svelte.js';
import { remoteHealth } from './remote-health.svelte.js';
import { runs } from './runs.svelte.js';
import { syncProgress } from './sync-progress.svelte.js';
import { updates } from './updates.svelte.js';
import { toolChanges } from './tool-changes.svelte.js';
import { trust } from './trust.svelte.js';

/** Reads everything anew: at the start, and each time the host is back. */
async function load(): Promise<void> {
  const release = rpc.hold();
  try {
    // At the start they were asked for already, in main.ts.
    const answers = [rpc.call('app.snapshot'), rpc.call('edit.list')] as const;
    void loadInfo();
    const [snapshot, list] = await Promise.all(answers);
    catalog.load(snapshot);
    runs.load(snapshot.runs);
    notices.load(snapshot.notices);
    questions.load(snapshot.questions);
    edits.load(list);
    connection.loaded = true;
    connection.loadError = undefined;
    whenIdle(() => void clients.refresh());
  } catch (error) {
    if (connection.online) connection.loadError = error;
  } finally {
    release();
  }
}

/** Not waited for: to know how the keychain is can take the host seconds, where that is locked. */
async function loadInfo(): Promise<void> {
  try {
    connection.info = await rpc.call('app.info');
    if (connection.info.host === 'desktop') await updates.load();
  } catch {
    // The connection was lost, which shows by itself, and it is read again when the host is back.
  }
}

/** Reads again what the host cannot tell by itself: whether the keychain is there. */
export async function refreshInfo(): Promise<void> {
  connection.info = await rpc.call('app.info');
}

function listen(): (() => void)[] {
  return [
    rpc.on('catalog.changed', (change) => {
      catalog.change(change);
      for (const id of change.removed?.servers ?? []) {
        runs.forget(id);
        notices.forgetTools(id);
      }
      if (change.servers || change.removed?.servers) clients.refreshSoon();
    }),
    rpc.on('edit.changed', (list) => edits.load(list)),
    rpc.on('secrets.lost', ({ ids }) => (catalog.lostSecrets = new Set(ids))),
    rpc.on('clients.changed', ({ clients: words }) => void clients.refresh(words)),
    rpc.on('run.changed', ({ run }) => runs.change(run)),
    rpc.on('notice.added', ({ notice }) => notices.add(notice)),
    rpc.on('question.asked', ({ question }) => questions.add(question)),
    rpc.on('question.closed', ({ id }) => questions.close(id)),
    rpc.on('activity.added', ({ entries }) => activity.add(entries)),
    rpc.on('update.changed', ({ update }) => (updates.state = update)),
    rpc.on('intent.received', ({ intent }) => followIntent(intent)),
    rpc.on('tools.flagged', ({ serverId, changes }) => {
      toolChanges.told(serverId, changes);
      if (changes.length === 0) notices.forgetTools(serverId);
    }),
    rpc.on('trust.answered', (answer) => trust.answered(answer)),
    rpc.on('drift.found', tellDrift),
    rpc.on('sync.progress', (progress) => syncProgress.tell(progress)),
  ];
}

/** Joins the stores to a host. Answers the function that parts them again and empties the stores. */
export function startSession(transport: Transport): () => void {
  const stops = [
    rpc.attach(transport),
    ...listen(),
    transport.onState((state) => {
      connection.state = state;
      if (state.status === 'open') void load();
    }),
  ];
  const lookAgain = (): void => clients.refreshIfOld();
  window.addEventListener('focus', lookAgain);
  connection.use(transport);
  transport.start();
  return () => {
    for (const stop of stops) stop();
    transport.close();
    catalog.clear();
    clients.clear();
    window.removeEventListener('focus', lookAgain);
    runs.clear();
    activity.clear();
    remoteHealth.clear();
    trust.clear();
    toolChanges.clear();
    notices.load([]);
    questions.load([]);
    edits.load({ undo: [], redo: [] });
    updates.clear();
    connection.reset();
  };
}
