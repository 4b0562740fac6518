import type { ReadServer, TextKind } from '../../../src-main/contract/index.js';
import { rpc } from '../../rpc/client.js';

/**
 * What a text was understood as. `several`: more than one server, which is the import screen's work. `unclear`: why it
 * was not; a text of one line may still be the command or the address itself.
 */
export type Pasted =
  | { kind: 'server'; what: TextKind; as: string; server: ReadServer }
  | { kind: 'several'; count: number }
  | { kind: 'unclear'; problem: string; isLine: boolean };

const SAID: Record<TextKind, string> = {
  configuration: 'Understood as a configuration.',
  command_line: 'Understood as a command line.',
  address: 'Understood as an address.',
  package: 'Understood as a package.',
  install_link: 'Understood as an install link.',
  nothing: '',
};

/** Asks the host, which knows every client's way of writing a server down. Nothing is saved. */
export async function readPasted(text: string): Promise<Pasted> {
  // A host that cannot be asked now leaves the text as it is; saving will say what is wrong.
  const read = await rpc.call('import.read', { text }).catch(() => undefined);
  const [server, ...more] = read?.servers ?? [];
  if (read && server)
    return more.length > 0
      ? { kind: 'several', count: more.length + 1 }
      : { kind: 'server', what: read.kind, as: SAID[read.kind], server };
  const isLine = !/[\r\n]/.test(text.trim()) && !/^\s*[{["]/.test(text);
  return { kind: 'unclear', problem: read?.problems[0] ?? '', isLine };
}

/** A name for what a person types: the package or script that is run, the host that is reached. Else empty. */
export async function suggestName(
  launch: { command: string; args: string[] } | { url: string },
): Promise<string> {
  const isEmpty = 'url' in launch ? !URL.canParse(launch.url) : launch.command === '';
  if (isEmpty) return '';
  const pasted = await readPasted(JSON.stringify(launch));
  return pasted.kind === 'server' ? pasted.server.name : '';
}
