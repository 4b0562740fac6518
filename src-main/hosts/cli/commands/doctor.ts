import { Command } from 'commander';
import type { AppInfo, Finding, Server } from '../../../contract/index.js';
import { EXIT } from '../command-error.js';
import { chosenServers } from '../command-context.js';
import { line, type Output, type Style } from '../output.js';
import type { Perform } from '../program.js';

const MARK: Record<Finding['severity'], { mark: string; style: Style }> = {
  ok: { mark: '✓', style: 'green' },
  info: { mark: '·', style: 'dim' },
  warning: { mark: '!', style: 'yellow' },
  error: { mark: '✗', style: 'red' },
};

type Examined = { server: string; id: string; findings: Finding[] };

export function doctorCommand(perform: Perform): Command {
  const command = new Command('doctor')
    .summary('look for what keeps servers from running')
    .description('Look for what keeps servers from running, or will. Starts nothing and changes nothing.')
    .argument('[servers...]', 'names or ids; all where none is named')
    .addHelpText('after', '\nExit code 1 where anything is wrong.');
  return command.action((words: string[]) =>
    perform(command, async (context) => {
      const door = await context.door();
      const [info, snapshot] = await Promise.all([door.call('app.info', {}), door.call('app.snapshot', {})]);
      const servers = chosenServers(snapshot, words, words.length === 0);
      const examined: Examined[] = [];
      for (const { id, name } of servers)
        examined.push({ server: name, id, ...(await door.call('doctor.check', { serverId: id })) });
      context.output.result({ running: door.isRunning, app: info, servers: examined }, () => {
        tellApp(context.output, info, door.isRunning, servers);
        for (const one of examined) tellOne(context.output, one);
      });
      const isIll = examined.some(({ findings }) => findings.some(({ severity }) => severity === 'error'));
      return isIll ? EXIT.failed : EXIT.done;
    }),
  );
}

function tellApp(output: Output, info: AppInfo, isRunning: boolean, servers: readonly Server[]): void {
  const { version, dataDir, keychain } = info;
  output.say(`Jackfield ${version}, ${isRunning ? `running (${info.host})` : 'not running'}`);
  output.say(`data folder ${line(dataDir)}, ${servers.length} of its servers looked at`);
  output.say(
    keychain.available
      ? 'keychain works'
      : output.style(
          'yellow',
          line(`keychain: ${keychain.reason ?? 'not available'} ${keychain.hint ?? ''}`),
        ),
  );
}

function tellOne(output: Output, { server, findings }: Examined): void {
  output.say();
  output.say(output.style('bold', line(server)));
  for (const { severity, title, detail, fix } of findings) {
    const { mark, style } = MARK[severity];
    output.say(`  ${output.style(style, `${mark} ${line(title)}`)}${detail ? `  ${line(detail)}` : ''}`);
    if (fix) output.say(`      ${line(fix)}`);
  }
}
