import path from 'node:path';
import { pathOf } from './command-lookup.js';
import { askLoginShell, type Environment, type ShellAnswer } from './login-shell.js';

/**
 * What a server is given of the app's own environment: facts of the computer and of the desktop session. The rest is
 * an accident of how the app was started (from the dock, a terminal, npm), and may hold what is none of a server's
 * business; what the person wants everywhere stands in the login shell's files.
 */
const FACTS = new RegExp(
  `^(${[
    'HOME|USER|LOGNAME|SHELL|PATH|TERM|COLORTERM|LANG|LANGUAGE|LC_\\w+|TZ|TMPDIR|TEMP|TMP',
    'DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_\\w+|DBUS_SESSION_BUS_ADDRESS|DESKTOP_SESSION|SSH_AUTH_SOCK',
    '(HTTPS?|ALL|FTP|NO)_PROXY|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE',
    'NPM_CONFIG_\\w+|PIP_\\w+|UV_\\w+|DOCKER_HOST|__CF_USER_TEXT_ENCODING',
  ].join('|')})$`,
  'i',
);
/** On Windows the environment is the registry's, the same for every app: all but what belongs to our own start. */
const OUR_OWN =
  /^(ELECTRON_|JACKFIELD_|VITE|npm_|INIT_CWD$|NODE_ENV$|NODE_OPTIONS$|NODE_PATH$|NODE_CHANNEL_)/;
/** When the app was started by `npm start`, npm's variables describe our package: only facts of the computer stay. */
const NPM_FACTS =
  /^npm_config_(registry|cache|userconfig|globalconfig|prefix|cafile|ca|proxy|https_proxy|noproxy|strict_ssl)$/;

/** What every server starts from: the login shell's environment, asked once and kept until it is refreshed. */
export class BaseEnvironment {
  #answer: Promise<ShellAnswer> | undefined;

  constructor(readonly own: NodeJS.ProcessEnv = process.env) {}

  /** Never rejects; without an answer of the shell it is what the app itself knows of the computer. */
  async get(): Promise<Environment> {
    return (await this.ask()).env;
  }

  get home(): string {
    return this.own['HOME'] ?? this.own['USERPROFILE'] ?? '/';
  }

  /** The cached answer. `env` is already merged with the facts of the app's own environment. */
  ask(): Promise<ShellAnswer> {
    this.#answer ??= this.#askAnew();
    return this.#answer;
  }

  refresh(): Promise<ShellAnswer> {
    this.#answer = this.#askAnew();
    return this.#answer;
  }

  async #askAnew(): Promise<ShellAnswer> {
    const own = factsOf(this.own);
    // Windows keeps its environment in the registry: every app has it, and there is no login shell to ask.
    if (process.platform === 'win32') return { env: own, shell: '', tookMs: 0 };
    const answer = await askLoginShell(own);
    const paths = [pathOf(answer.env), pathOf(own)];
    if (answer.problem !== undefined) paths.push(usualFolders(own['HOME'] ?? '/'));
    return { ...answer, env: { ...own, ...answer.env, PATH: mergePaths(...paths) } };
  }
}

/** Where tools are installed when nobody says where: better than a bare system PATH. */
function usualFolders(home: string): string {
  const own = [
    '.local/bin',
    '.cargo/bin',
    '.bun/bin',
    '.volta/bin',
    '.asdf/shims',
    '.local/share/mise/shims',
  ];
  return ['/opt/homebrew/bin', '/usr/local/bin', ...own.map((folder) => path.join(home, folder))].join(':');
}

function factsOf(env: NodeJS.ProcessEnv): Environment {
  const byNpm = env['npm_lifecycle_event'] !== undefined;
  const isFact = (name: string): boolean => {
    if (byNpm && name.startsWith('npm_')) return NPM_FACTS.test(name);
    return process.platform === 'win32' ? !OUR_OWN.test(name) : FACTS.test(name);
  };
  const facts: Environment = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && isFact(name)) facts[name] = value;
  // npm puts its own folders before the PATH of what it runs.
  if (byNpm && facts['PATH'] !== undefined)
    facts['PATH'] = facts['PATH']
      .split(path.delimiter)
      .filter(
        (folder) => !/[/\\]node_modules[/\\](\.bin|@npmcli[/\\]run-script[/\\].*|npm[/\\].*)$/.test(folder),
      )
      .join(path.delimiter);
  return facts;
}

/** Lays variables over an environment; on Windows their names are the same in any case. */
export function layOver(base: Environment, ...layers: Environment[]): Environment {
  const merged = { ...base };
  for (const layer of layers)
    for (const [name, value] of Object.entries(layer)) {
      if (process.platform === 'win32')
        for (const known of Object.keys(merged))
          if (known.toUpperCase() === name.toUpperCase() && known !== name) delete merged[known];
      merged[name] = value;
    }
  return merged;
}

/** The first PATH, then what only the later ones have. */
export function mergePaths(...paths: string[]): string {
  return [...new Set(paths.flatMap((text) => text.split(path.delimiter)))]
    .filter(Boolean)
    .join(path.delimiter);
}
