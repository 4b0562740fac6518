// Writes what is no message to stdout, before, between and after its answers.
import { serve, text } from './bare-protocol.mjs';

console.log('Welcome to the noisy server!');
console.log('{"not": "a message"}');
process.stdout.write('\n\r\n');
serve({
  tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
  call: (_name, { message }) => {
    console.log(`echoing ${message}`);
    return text(message);
  },
});
