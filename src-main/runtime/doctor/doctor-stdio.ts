import spawn from 'cross-spawn';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { AppError, isSecretRef, type Finding, type StdioTransport } from '../../contract/index.js';
import { checkCwd, findCommand, pathOf } from '../launch/command-lookup.js';
import type { DoctorPorts } from './doctor-ports.js';
import { expand } from '../launch/expansion.js';
import { isNamed } from '../launch/launch-plan.js';
import type { Environment } from '../launch/login-shell.js';
import { findCached, parseNpx } from '../launch/npx-cache.js';
import { interpreterOf } from '../launch/interpreter.js';

const VERSION_LIMIT_MS = 5_000;

type Scene = {
  transport: StdioTransport;
  ports: DoctorPorts;
  env: Environment;
  /** With the app's own variables, which `${VAR}` may name. */
  known: NodeJS.ProcessEnv;
  home: string;
  cwd: string;
};

/** Environment, folder, command, interpreter, versions, package, variables, ports: all that a start depends on. */
export async function examineStdio(transport: StdioTransport, ports: DoctorPorts): Promise<Finding[]> {
  const { env: base, shell, tookMs, problem } = await ports.environment.ask();
  const home = base['HOME'] ?? base['USERPROFILE'] ?? '/';
  const plain = Object.entries(transport.env).filter(
    (pair): pair is [string, string] => typeof pair[1] === 'string',
  );
  const env = { ...base, ...Object.fromEntries(plain) };
  const known = { ...ports.environment.own, ...env };
  const cwd = path.resolve(home, expand(transport.cwd ?? home, known, home));
  const scene: Scene = { transport, ports, env, known, home, cwd };
  const environment: Finding = {
    severity: problem === undefined ? 'ok' : 'warning',
    code: 'environment',
    title: shell ? `PATH as ${shell} has it` : 'PATH of this app',
    detail: `${problem === undefined ? `Asked in ${tookMs} ms.` : `${problem}; the app’s own environment is used.`} ${pathOf(env)}`,
    ...(problem !== undefined && { fix: 'Look into the shell’s rc files, then refresh the environment.' }),
  };
  const parts = await Promise.all([
    folder(scene),
    command(scene),
    secrets(scene),
    envFile(scene),
    portClash(scene),
    download(scene),
  ]);
  return [environment, ...extraAuthorities(scene), ...parts.flat(), ...variables(scene)];
}

/** Node's extra certificate authorities cost 40 ms a start, so they are passed on only where they are wanted. */
function extraAuthorities({ ports, env }: Scene): Finding[] {
  const own = ports.environment.own['NODE_EXTRA_CA_CERTS'];
  if (own === undefined || env['NODE_EXTRA_CA_CERTS'] !== undefined) return [];
  return [
    {
      severity: 'info',
      code: 'extra_ca',
      title: 'NODE_EXTRA_CA_CERTS is not passed on',
      detail: `This app was started with ${own}, but your login shell does not set it, so only package runners get it.`,
      fix: 'If the server must reach hosts with such certificates, set the variable in its environment.',
    },
  ];
}

async function folder({ cwd, transport }: Scene): Promise<Finding[]> {
  try {
    await checkCwd(cwd);
    const title = transport.cwd === undefined ? 'Runs in your home folder' : 'The working folder is there';
    return [{ severity: 'ok', code: 'cwd', title, detail: cwd }];
  } catch (error) {
    return [asFinding(error, 'cwd', 'The working folder cannot be used')];
  }
}

async function command(scene: Scene): Promise<Finding[]> {
  const { transport, env, known, cwd, home } = scene;
  const name = expand(transport.command, known, home);
  try {
    const file = await findCommand({ command: name, cwd, env });
    const found: Finding = { severity: 'ok', code: 'command', title: `"${name}" was found`, detail: file };
    const more = await Promise.all([interpreter(scene, file), version(file, env), script(scene, file)]);
    return [found, ...more.flat()];
  } catch (error) {
    return [asFinding(error, 'command', `"${name}" cannot be run`)];
  }
}

/** The program behind a script's first line: `#!/usr/bin/env node` needs a node on the same PATH. */
async function interpreter({ env, cwd }: Scene, file: string): Promise<Finding[]> {
  const line = await interpreterOf(file);
  if (line === undefined) return [];
  const words = line.split(/\s+/);
  const viaEnv = path.basename(words[0] ?? '') === 'env';
  const name = viaEnv
    ? words.slice(1).find((word) => !word.startsWith('-') && !word.includes('='))
    : words[0];
  if (!name) return [];
  try {
    const found = await findCommand({ command: name, cwd, env });
    const detail = `${path.basename(file)} begins with #!${line}, which is ${found}`;
    return [{ severity: 'ok', code: 'interpreter', title: 'Its interpreter was found', detail }];
  } catch (error) {
    return [asFinding(error, 'interpreter', `Its interpreter "${name}" was not found`)];
  }
}

const VERSIONED = [
  'node',
  'npx',
  'npm',
  'uv',
  'uvx',
  'docker',
  'podman',
  'python',
  'python3',
  'deno',
  'bun',
  'bunx',
];

async function version(file: string, env: Environment): Promise<Finding[]> {
  const name = VERSIONED.find((known) => isNamed(file, known));
  if (name === undefined) return [];
  const text = await firstLine(file, ['--version'], env);
  if (text === undefined)
    return [
      {
        severity: 'warning',
        code: 'version',
        title: `${name} does not tell its version`,
        detail: `${file} --version gave no answer within ${VERSION_LIMIT_MS / 1_000} s.`,
        fix: 'Run it in a terminal to see why.',
      },
    ];
  const found: Finding = { severity: 'ok', code: 'version', title: `${name} ${text}`, detail: file };
  if (name !== 'docker' && name !== 'podman') return [found];
  const engine = await firstLine(file, ['version', '--format', '{{.Server.Version}}'], env);
  if (engine !== undefined) return [found];
  return [
    found,
    {
      severity: 'error',
      code: 'container_engine',
      title: `${name}’s engine does not answer`,
      detail: `${name} is installed, but its engine is not running, or your user may not use it.`,
      fix: `Start ${name}.`,
    },
  ];
}

/** `node missing.js` starts node well enough; what fails is the script. */
async function script({ transport, known, cwd, home }: Scene, file: string): Promise<Finding[]> {
  if (!['node', 'python', 'python3', 'deno', 'bun'].some((name) => isNamed(file, name))) return [];
  const arg = transport.args.find((text) => !text.startsWith('-') && text !== 'run');
  // After -m, -c, -e and the like the next word is no file.
  if (arg === undefined || transport.args[0]?.startsWith('-') || !/[./\\]/.test(arg)) return [];
  const full = path.resolve(cwd, expand(arg, known, home));
  const there = await stat(full).catch(() => undefined);
  if (there) return [];
  return [
    {
      severity: 'error',
      code: 'script',
      title: 'The script is not there',
      detail: `${full} does not exist${path.isAbsolute(arg) ? '' : ` (“${arg}”, seen from the working folder)`}.`,
      fix: 'Give its full path as the first argument, or set the working folder.',
    },
  ];
}

async function secrets({ transport, ports }: Scene): Promise<Finding[]> {
  const names = Object.entries(transport.env).filter(([, value]) => isSecretRef(value));
  const findings = await Promise.all(
    names.map(async ([name, value]): Promise<Finding | undefined> => {
      try {
        await ports.resolve(value);
        return undefined;
      } catch (error) {
        return asFinding(error, 'secret', `The secret ${name} cannot be read`);
      }
    }),
  );
  return findings.filter((finding) => finding !== undefined);
}

async function envFile({ transport, cwd, known, home }: Scene): Promise<Finding[]> {
  if (transport.envFile === undefined) return [];
  const full = path.resolve(cwd, expand(transport.envFile, known, home));
  const there = await stat(full).catch(() => undefined);
  if (there?.isFile())
    return [{ severity: 'ok', code: 'env_file', title: 'The env file is there', detail: full }];
  const fix = 'Create it, or choose another one in the server’s settings.';
  return [{ severity: 'error', code: 'env_file', title: 'The env file is not there', detail: full, fix }];
}

const PLACEHOLDER = /^<[^>]*>$|^your[-_ ]|^(changeme|xxx+|todo)$/i;

/** Variables that are not set, and values that were copied from a README without being filled in. */
function variables({ transport, known, home }: Scene): Finding[] {
  const findings: Finding[] = [];
  for (const text of [transport.command, ...transport.args, transport.cwd ?? '']) {
    const open = /\$\{(?:env:)?[A-Za-z_]\w*\}/.exec(expand(text, known, home))?.[0];
    if (open !== undefined)
      findings.push({
        severity: 'warning',
        code: 'variable',
        title: `${open} is not set`,
        detail: `“${text}” is passed on as it is written.`,
        fix: 'Set the variable in the server’s environment, or write the value itself.',
      });
  }
  for (const [name, value] of Object.entries(transport.env))
    if (typeof value === 'string' && (value === '' || PLACEHOLDER.test(value)))
      findings.push({
        severity: 'warning',
        code: 'placeholder',
        title: value === '' ? `${name} is empty` : `${name} still holds a placeholder`,
        detail: value === '' ? 'The server is given an empty value.' : `Its value is “${value}”.`,
        fix: `Fill in ${name}, or remove it.`,
      });
  return findings;
}

/** A port the server is told to use and that somebody else has. */
async function portClash({ transport, ports }: Scene): Promise<Finding[]> {
  const port = portOf(transport);
  if (port === undefined || ports.run.state === 'running' || !(await isTaken(port))) return [];
  return [
    {
      severity: 'warning',
      code: 'port',
      title: `Port ${port} is in use`,
      detail: 'The server is told to use this port, and another program already listens on it.',
      fix: 'Give the server another port, or end the other program.',
    },
  ];
}

function portOf({ args, env }: StdioTransport): number | undefined {
  const named = args.findIndex((arg) => arg === '--port' || arg === '-p');
  const text =
    (named >= 0 ? args[named + 1] : undefined) ??
    args.find((arg) => arg.startsWith('--port='))?.slice('--port='.length) ??
    env['PORT'];
  const port = Number(text);
  return typeof text === 'string' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const done = (taken: boolean): void => {
      socket.destroy();
      resolve(taken);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

async function download({ transport, env, known, home }: Scene): Promise<Finding[]> {
  if (!isNamed(transport.command, 'npx')) return [];
  const call = parseNpx(transport.args.map((arg) => expand(arg, known, home)));
  if (!call) return [];
  const cached = await findCached(call, env, home);
  if (cached)
    return [
      {
        severity: 'ok',
        code: 'package',
        title: `${call.name} ${cached.version} is already here`,
        detail: `In npx’s cache: ${cached.folder}`,
      },
    ];
  return [
    {
      severity: 'info',
      code: 'download',
      title: `${call.spec} is downloaded at the first start`,
      detail:
        'It is not in npx’s cache. The first start needs the network and can take longer than the time limit.',
      fix: `Run once in a terminal: npm exec --yes --package=${call.spec} -- node --version`,
    },
  ];
}

function asFinding(error: unknown, code: string, title: string): Finding {
  if (error instanceof AppError)
    return { severity: 'error', code, title, detail: error.message, fix: error.hint };
  return { severity: 'error', code, title, detail: String(error) };
}

function firstLine(file: string, args: string[], env: Environment): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: VERSION_LIMIT_MS,
      windowsHide: true,
    });
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', () => resolve(undefined));
    child.once('close', (code) => resolve((code === 0 && text.split('\n', 1)[0]?.trim()) || undefined));
  });
}
