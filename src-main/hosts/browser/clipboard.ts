import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { Clipboard } from '../../app.js';

const run = promisify(execFile);

type Tool = { write: [string, ...string[]]; read: [string, ...string[]] };

const TOOLS: Partial<Record<NodeJS.Platform, Tool[]>> = {
  darwin: [{ write: ['pbcopy'], read: ['pbpaste'] }],
  win32: [{ write: ['clip.exe'], read: ['powershell.exe', '-NoProfile', '-Command', 'Get-Clipboard -Raw'] }],
  linux: [
    { write: ['wl-copy'], read: ['wl-paste', '--no-newline'] },
    { write: ['xclip', '-selection', 'clipboard'], read: ['xclip', '-selection', 'clipboard', '-o'] },
    { write: ['xsel', '--clipboard', '--input'], read: ['xsel', '--clipboard', '--output'] },
  ],
};

/** The OS clipboard through the system's own tools. The text goes over stdin: a command line can be seen by others. */
export function systemClipboard(): Clipboard {
  const tools = TOOLS[process.platform] ?? [];
  const firstThatWorks = async <T>(use: (tool: Tool) => Promise<T>): Promise<T> => {
    for (const tool of tools) {
      try {
        return await use(tool);
      } catch {
        // Not installed, or no display of its kind: the next one may be.
      }
    }
    throw new Error('No clipboard tool works here.');
  };
  return {
    write: (text) => firstThatWorks((tool) => pipe(tool.write, text)),
    read: () => firstThatWorks(async ({ read: [command, ...args] }) => (await run(command, args)).stdout),
  };
}

function pipe([command, ...args]: [string, ...string[]], text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ended with ${code}`)),
    );
    child.stdin.on('error', reject);
    child.stdin.end(text);
  });
}
