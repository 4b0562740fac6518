// crashing.mjs RECORD [--early] [--code N] [--signal S] [--good-after N] [--after MS]
// Writes the time of each start to RECORD. Ends with code N (default 1), before the handshake with --early, else MS
// milliseconds after it. From its N-th start on it stays.
import { appendFileSync, readFileSync } from 'node:fs';
import { serve, text, tool } from './bare-protocol.mjs';

const [record, ...args] = process.argv.slice(2);
const option = (name, otherwise) => (args.includes(name) ? args[args.indexOf(name) + 1] : otherwise);

appendFileSync(record, `${Date.now()}\n`);
const starts = readFileSync(record, 'utf8').trim().split('\n').length;
const end = () => {
  process.stderr.write('cannot open the database: no such table\n', () => {
    if (args.includes('--signal')) process.kill(process.pid, option('--signal'));
    else process.exit(Number(option('--code', 1)));
  });
};
const stays = starts >= Number(option('--good-after', Infinity));
if (args.includes('--early') && !stays) end();
else
  serve({
    tools: [tool('end')],
    call: () => (setTimeout(end, 0), text('ending')),
    on: stays ? {} : { 'notifications/initialized': () => setTimeout(end, Number(option('--after', 20))) },
  });
