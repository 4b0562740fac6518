// Misbehaves in the way its first argument names, and otherwise serves one tool.
import { spawn } from 'node:child_process';
import { send, serve, text, tool } from './bare-protocol.mjs';

const way = process.argv[2];
const on = {};
if (way === 'answers-twice')
  on.initialize = ({ protocolVersion }, { id }) => {
    const result = {
      protocolVersion,
      capabilities: { tools: {} },
      serverInfo: { name: 'twice', version: '1' },
    };
    send({ id, result });
    send({ id, result: { ...result, serverInfo: { name: 'other', version: '2' } } });
  };
// Three megabytes of no message, their line break long after them.
if (way === 'endless-line')
  on.initialize = async ({ protocolVersion }) => {
    process.stdout.write('x'.repeat(3_000_000));
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write('\n');
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'endless', version: '1' } };
  };
serve({
  on,
  tools: [tool('pid'), tool('die')],
  call: (name) => {
    if (name === 'pid') return text(process.pid);
    // A session of its own, no parent, deaf to SIGTERM, and holding the pipes of the server that is gone.
    const script = "trap '' TERM HUP INT; echo daemon $$ >&2; while :; do sleep 1; done";
    spawn('sh', ['-c', `setsid sh -c "${script.replaceAll('$', '\\$')}" &`], {
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    setTimeout(() => process.exit(3), 300);
    return undefined;
  },
});
