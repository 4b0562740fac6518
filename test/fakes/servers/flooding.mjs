// Floods its stderr when asked to, as fast as the pipe takes it.
import { once } from 'node:events';
import { serve, text, tool } from './bare-protocol.mjs';

serve({
  tools: [tool('flood'), tool('long_line')],
  call: async (name, args) => {
    if (name === 'long_line') {
      process.stderr.write(`${'x'.repeat(args.length)}\nafter it\n`);
      return text('written');
    }
    for (let line = 1; line <= args.lines; line += 1)
      if (!process.stderr.write(`line ${line} of the flood: a request was handled in 12 ms, status 200\n`))
        await once(process.stderr, 'drain');
    return text(args.lines);
  },
});
