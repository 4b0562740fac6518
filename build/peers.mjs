import { inRoot } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runNode } from './lib/run.mjs';
import { runScript, say, ScriptError } from './lib/say.mjs';
import { stopOnSignals } from './lib/stopping.mjs';

const USAGE = `npm run test:peers -- letta=http://localhost:8283 bifrost=http://localhost:8080

Runs the contract suite against servers that are really there. It creates entries whose names begin with
"jackfield-test-" (Bifrost: "jackfield_test_") and a random word, touches no others, and removes them.
Ways in, from the environment: PEER_LETTA_TOKEN; PEER_BIFROST_USER and PEER_BIFROST_PASSWORD, or PEER_BIFROST_TOKEN.
A gateway connects to each server it is given. It finds one to connect to on 127.0.0.1 of this computer; where it
runs elsewhere, PEER_MCP_URL names an MCP server (streamable HTTP) that it can reach.`;

const KINDS = ['letta', 'bifrost'];

function addressesIn(args) {
  const found = {};
  for (const arg of args) {
    const [, kind, url] = /^([a-z]+)=(.+)$/.exec(arg) ?? [];
    if (!KINDS.includes(kind) || !URL.canParse(url))
      throw new ScriptError(`"${arg}" is no peer.\n${USAGE}`, 2);
    found[kind] = url;
  }
  if (Object.keys(found).length === 0) throw new ScriptError(USAGE, 2);
  return found;
}

await runScript(async () => {
  stopOnSignals(1);
  const peers = addressesIn(process.argv.slice(2));
  await prepare();
  for (const [kind, url] of Object.entries(peers)) say(`Testing the ${kind} at ${url} …`);
  return runNode(
    inRoot('node_modules/vitest/vitest.mjs'),
    [
      'run',
      '--config',
      'test/vitest.config.ts',
      '--project',
      'peers',
      ...Object.keys(peers).map((kind) => `test/peers/${kind}.test.ts`),
    ],
    {
      env: Object.fromEntries(
        Object.entries(peers).map(([kind, url]) => [`PEER_${kind.toUpperCase()}`, url]),
      ),
    },
  );
});
