import type { Intent } from '../../src-main/contract/index.js';
import { bundleUpload } from './bundle-upload.svelte.js';
import { commands } from './commands.svelte.js';
import { importDraft } from './import-draft.svelte.js';
import { router, to } from './router.svelte.js';

/** Does what was asked for outside the page: in a native menu, by a link, with a file. It only ever leads somewhere. */
export function followIntent(intent: Intent): void {
  switch (intent.kind) {
    case 'command':
      commands.all.find((command) => command.id === intent.command)?.run();
      return;
    case 'server':
      void router.go(to.server(intent.serverId));
      return;
    case 'bundle':
      bundleUpload.show(intent.id);
      return;
    case 'import':
      importDraft.fileName = intent.fileName;
      importDraft.text = intent.text;
      void router.go(to.import());
  }
}
