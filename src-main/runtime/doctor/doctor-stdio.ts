import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  AppError,
  isSecretRef,
  type Finding,
  type FixAction,
  type StdioTransport,
} from '../../contract/index.js';
import { checkCwd, findCommand, pathOf } from '../launch/command-lookup.js';
import { expand } from '../launch/expansion.js';
import { interpreterOf } from '../launch/interpreter.js';
import { isNamed } from '../launch/launch-plan.js';
import type { Environment } from '../launch/login-shell.js';
import { clashes, dataPlaces } from './clashes.js';
import type { DoctorPorts } from './doctor-ports.js';
import { askShellAgain, edit, setting } from './fixes.js';
import { packageAtHand } from './packages.js';
import { ask, ASK_LIMIT_MS } from './programs.js';

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
    ...(problem !== undefined && {
      fix: 'Look into the shell’s rc files, then have it asked again.',
      action: askShellAgain,
    }),
  };
  const parts = await Promise.all([
    folder(scene),
    command(scene),
    secrets(scene),
    envFile(scene),
    clashes(transport, ports, scene),
    packageAtHand({
      server: ports.server,
      mayRun: ports.refusal === undefined,
      command: expand(transport.command, known, home),
      args: transport.args.map((arg) => expand(arg, known, home)),
      env,
      cwd,
      home,
    }),
    dataFolders(scene),
  ]);
  return [
    environment,
    ...notAllowed(ports),
    ...extraAuthorities(scene),
    ...parts.flat(),
    ...variables(scene),
  ];
}

function notAllowed({ refusal }: DoctorPorts): Finding[] {
  if (!refusal) return [];
  const { message: detail, hint: fix } = refusal;
  const title = 'Nobody has allowed its command yet';
  return [{ severity: 'warning', code: 'not_allowed', title, detail, fix }];
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
      action: edit(ports.server, 'Pass it on', { transport: { env: { NODE_EXTRA_CA_CERTS: own } } }),
    },
  ];
}

async function folder({ cwd, transport, ports }: Scene): Promise<Finding[]> {
  try {
    await checkCwd(cwd);
    const title = transport.cwd === undefined ? 'Runs in your home folder' : 'The working folder is there';
    return [{ severity: 'ok', code: 'cwd', title, detail: cwd }];
  } catch (error) {
    const home = edit(ports.server, 'Run it in your home folder', { transport: { cwd: null } });
    return [asFinding(error, 'cwd', 'The working folder cannot be used', transport.cwd ? home : undefined)];
  }
}

async function command(scene: Scene): Promise<Finding[]> {
  const { transport, env, known, cwd, home } = scene;
  const name = expand(transport.command, known, home);
  try {
    const file = await findCommand({ command: name, cwd, env });
    const found: Finding = { severity: 'ok', code: 'command', title: `"${name}" was found`, detail: file };
    const more = await Promise.all([interpreter(scene, file), version(scene, file), script(scene, file)]);
    return [found, ...more.flat()];
  } catch (error) {
    // Installed a moment ago, it is on a PATH that only a new look at the shell shows.
    return [asFinding(error, 'command', `"${name}" cannot be run`, askShellAgain)];
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
    return [asFinding(error, 'interpreter', `Its interpreter "${name}" was not found`, askShellAgain)];
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

async function version({ env, ports }: Scene, file: string): Promise<Finding[]> {
  // Its name says node, but it may be any program: an import can have brought it.
  if (ports.refusal) return [];
  const name = VERSIONED.find((known) => isNamed(file, known));
  if (name === undefined) return [];
  const { ok, firstLine: text } = await ask(file, ['--version'], env);
  if (!ok || text === undefined)
    return [
      {
        severity: 'warning',
        code: 'version',
        title: `${name} does not tell its version`,
        detail: `${file} --version gave no answer within ${ASK_LIMIT_MS / 1_000} s.`,
        fix: 'Run it in a terminal to see why.',
      },
    ];
  const found: Finding = { severity: 'ok', code: 'version', title: `${name} ${text}`, detail: file };
  if (name === 'node') return [found, compileCache(text, env, ports)];
  if (name !== 'docker' && name !== 'podman') return [found];
  const engine = await ask(file, ['version', '--format', '{{.Server.Version}}'], env);
  if (engine.ok && engine.firstLine !== undefined) return [found];
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

/** V8's compiled code, kept between starts, is known to Node from 22.1 on. */
function compileCache(version: string, env: Environment, { settings }: DoctorPorts): Finding {
  const code = 'compile_cache';
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major < 22 || (major === 22 && minor < 1))
    return {
      severity: 'info',
      code,
      title: 'A newer Node would start it quicker',
      detail: `Node 22.1 and newer keep compiled code between starts, which saves about a tenth of the time; this is ${version}.`,
      fix: 'Install a newer Node, then have the login shell asked again.',
    };
  if (settings().compileCache || env['NODE_COMPILE_CACHE'] !== undefined)
    return {
      severity: 'ok',
      code,
      title: 'Its compiled code is kept between starts',
      detail: 'From its second start on it is ready in about a tenth less time.',
    };
  return {
    severity: 'info',
    code,
    title: 'Its compiled code is not kept between starts',
    detail: 'Keeping it saves about a tenth of the time to ready.',
    fix: 'Switch the compile cache on in the settings.',
    action: setting('Switch the compile cache on', { compileCache: true }),
  };
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

async function envFile({ transport, ports, cwd, known, home }: Scene): Promise<Finding[]> {
  if (transport.envFile === undefined) return [];
  const full = path.resolve(cwd, expand(transport.envFile, known, home));
  const there = await stat(full).catch(() => undefined);
  if (there?.isFile())
    return [{ severity: 'ok', code: 'env_file', title: 'The env file is there', detail: full }];
  const fix = 'Create it, or choose another one in the server’s settings.';
  const action = edit(ports.server, 'Start without it', { transport: { envFile: null } });
  return [
    { severity: 'error', code: 'env_file', title: 'The env file is not there', detail: full, fix, action },
  ];
}

const PLACEHOLDER = /^<[^>]*>$|^your[-_ ]|^(changeme|xxx+|todo)$/i;

/** Variables that are not set, and values that were copied from a README without being filled in. */
function variables({ transport, ports, known, home }: Scene): Finding[] {
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
  for (const [name, value] of Object.entries(transport.env)) {
    if (typeof value !== 'string') continue;
    const change = (label: string, to: string | null): FixAction =>
      edit(ports.server, label, { transport: { env: { [name]: to } } });
    if (value === '')
      findings.push({
        severity: 'warning',
        code: 'placeholder',
        title: `${name} is empty`,
        detail: 'The server is given an empty value.',
        fix: `Fill in ${name}, or remove it.`,
        action: change(`Remove ${name}`, null),
      });
    else if (PLACEHOLDER.test(value))
      findings.push({
        severity: 'warning',
        code: 'placeholder',
        title: `${name} still holds a placeholder`,
        detail: `Its value is “${value}”.`,
        fix: `Fill in ${name}, or remove it.`,
      });
    else if (/^~(?=$|[/\\])/.test(value))
      findings.push({
        severity: 'warning',
        code: 'tilde',
        title: `${name} begins with ~`,
        detail: `“${value}” is passed on as it is written: only a shell makes a folder of the ~.`,
        fix: 'Write the whole path.',
        action: change('Write the whole path', home + value.slice(1)),
      });
  }
  return findings;
}

function asFinding(error: unknown, code: string, title: string, action?: FixAction): Finding {
  const more = action && { action };
  if (error instanceof AppError)
    return { severity: 'error', code, title, detail: error.message, fix: error.hint, ...more };
  return { severity: 'error', code, title, detail: String(error), ...more };
}

/** Where a server is told to keep its data must be a place that is there and can be written. */
async function dataFolders(scene: Scene): Promise<Finding[]> {
  const findings = await Promise.all(
    dataPlaces(scene.transport, scene).map(async ({ label, path: place }): Promise<Finding[]> => {
      const kind = await stat(place).catch(() => undefined);
      const folder = kind ? place : path.dirname(place);
      const isThere =
        kind !== undefined || (await stat(folder).catch(() => undefined))?.isDirectory() === true;
      const mayWrite =
        isThere &&
        (await access(folder, constants.W_OK).then(
          () => true,
          () => false,
        ));
      if (mayWrite) return [];
      return [
        {
          severity: 'warning',
          code: 'data',
          title: isThere ? `${folder} may not be written` : `The folder ${folder} is not there`,
          detail: `The server is told to keep its data in ${place} (named in ${label}).`,
          fix: isThere
            ? 'Allow your user to write there, or name another place.'
            : 'Create it, or name another place.',
        },
      ];
    }),
  );
  return findings.flat();
}
