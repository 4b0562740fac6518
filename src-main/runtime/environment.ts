import path from 'node:path';
import { pathOf } from './command-lookup.js';
import { askLoginShell, type Environment, type ShellAnswer } from './login-shell.js';

/** Variables that belong to the app's own start and would change how a server behaves: Electron's, Node's, ours. */
const OWN =
  /^(ELECTRON_|JACKFIELD_|VITE|VITEST|CHROME_)|^(INIT_CWD|NODE_OPTIONS|NODE_ENV|NODE_PATH|NODE_COMPILE_CACHE|NODE_CHANNEL_FD|NODE_CHANNEL_SERIALIZATION_MODE|NODE_UNIQUE_ID|FORCE_COLOR|GDK_BACKEND)$/;
/** When the app was started by `npm start`, npm's variables describe our package: only facts of the computer stay. */
const NPM = /^npm_/;
const NPM_FACTS =
  /^npm_config_(registry|cache|userconfig|globalconfig|prefix|cafile|ca|proxy|https_proxy|noproxy|strict_ssl)$/;

/** What every server starts from: the login shell's environment, asked once and kept until it is refreshed. */
export class BaseEnvironment {
  #answer: Promise<ShellAnswer> | undefined;

  constructor(private readonly own: NodeJS.ProcessEnv = process.env) {}

  /** Never rejects; without an answer of the shell it is the app's own environment. */
  async get(): Promise<Environment> {
    return (await this.ask()).env;
  }

  get home(): string {
    return this.own['HOME'] ?? this.own['USERPROFILE'] ?? '/';
  }

  /** The cached answer. `env` is already merged with the app's own environment. */
  ask(): Promise<ShellAnswer> {
    this.#answer ??= this.#askAnew();
    return this.#answer;
  }

  refresh(): Promise<ShellAnswer> {
    this.#answer = this.#askAnew();
    return this.#answer;
  }

  async #askAnew(): Promise<ShellAnswer> {
    const own = withoutOurOwn(this.own);
    // Windows keeps its environment in the registry: every app has it, and there is no login shell to ask.
    if (process.platform === 'win32') return { env: own, shell: '', tookMs: 0 };
    const answer = await askLoginShell(own);
    return { ...answer, env: { ...own, ...answer.env, PATH: mergePaths(pathOf(answer.env), pathOf(own)) } };
  }
}

function withoutOurOwn(env: NodeJS.ProcessEnv): Environment {
  const clean: Environment = {};
  const byNpm = env['npm_lifecycle_event'] !== undefined;
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || OWN.test(name)) continue;
    if (byNpm && NPM.test(name) && !NPM_FACTS.test(name)) continue;
    clean[name] = value;
  }
  // npm puts its own folders before the PATH of what it runs.
  if (byNpm && clean['PATH'] !== undefined)
    clean['PATH'] = clean['PATH']
      .split(path.delimiter)
      .filter(
        (folder) => !/[/\\]node_modules[/\\](\.bin|@npmcli[/\\]run-script[/\\].*|npm[/\\].*)$/.test(folder),
      )
      .join(path.delimiter);
  return clean;
}

/** The first PATH, then what only the second one has. */
export function mergePaths(first: string, second: string): string {
  return [...new Set([...first.split(path.delimiter), ...second.split(path.delimiter)])]
    .filter(Boolean)
    .join(path.delimiter);
}
