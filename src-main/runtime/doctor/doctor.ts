import type { Finding } from '../../contract/index.js';
import type { DoctorPorts } from './doctor-ports.js';
import { examineHttp } from './doctor-http.js';
import { examineStdio } from './doctor-stdio.js';
import { edit, setting } from './fixes.js';

const NO_FAULT_MS = 5_000;

/** What keeps a server from running, or will; the worst first. Looks, and starts no server. */
export async function examine(ports: DoctorPorts): Promise<Finding[]> {
  const { transport } = ports.server;
  const findings = [...lastRun(ports)];
  if (transport.type === 'stdio') findings.push(...(await examineStdio(transport, ports)));
  else if (transport.type === 'inprocess')
    findings.push({
      severity: 'info',
      code: 'inprocess',
      title: 'Lives inside its gateway',
      detail: 'An in-process server is part of the gateway it came from and is not run here.',
    });
  else findings.push(...(await examineHttp(transport, ports)));
  const weight: Finding['severity'][] = ['error', 'warning', 'info', 'ok'];
  return findings
    .map(({ title, detail, fix, action, ...rest }) => ({
      ...rest,
      title: ports.redact(title),
      detail: ports.redact(detail),
      ...(fix !== undefined && { fix: ports.redact(fix) }),
      ...(action && isFreeOfSecrets(action, ports) && { action }),
    }))
    .sort((a, b) => weight.indexOf(a.severity) - weight.indexOf(b.severity));
}

/** A part blotted out would be written into the server's settings. */
function isFreeOfSecrets(action: object, { redact }: DoctorPorts): boolean {
  const text = JSON.stringify(action);
  return redact(text) === text;
}

function* lastRun({ run, junkLines, server, settings }: DoctorPorts): Generator<Finding> {
  if (run.error)
    yield {
      severity: 'error',
      code: `last_run_${run.error.code}`,
      title: run.state === 'backoff' ? 'It failed, and is tried again' : 'The last start or run failed',
      detail: run.error.message,
      fix: run.error.hint,
      action: { label: 'Try again now', method: 'run.restart', params: { serverId: server.id } },
    };
  if (run.error?.code === 'timeout' && !server.protocolLog)
    yield {
      severity: 'info',
      code: 'protocol_log',
      title: 'What it was sent, and what it answered, is not logged',
      detail: 'With the protocol log on, the next start shows each message in both directions.',
      fix: 'Switch the protocol log on, then start it again.',
      action: edit(server, 'Log the protocol', { protocolLog: true }),
    };
  if (run.state === 'running' && run.readyMs !== undefined) {
    const isSlow = run.readyMs > NO_FAULT_MS;
    yield {
      severity: isSlow ? 'warning' : 'ok',
      code: 'handshake',
      title: `Ready in ${run.readyMs} ms`,
      detail: `It speaks MCP ${run.protocolVersion ?? '(unknown version)'} and offers ${run.toolCount ?? 0} tools.`,
      ...(isSlow && {
        fix: 'If it is run by npx or uvx, installing the package spares the wait for downloads.',
      }),
      ...(isSlow &&
        !settings().fastLaunch && { action: setting('Start known packages quicker', { fastLaunch: true }) }),
    };
  }
  if (junkLines > 0)
    yield {
      severity: 'warning',
      code: 'stdout_junk',
      title: `${junkLines} ${junkLines === 1 ? 'line' : 'lines'} on stdout that are no MCP messages`,
      detail:
        'They are ignored here and shown in the log as stdout, but other clients may stumble over them.',
      fix: 'Have the server write its log to stderr: stdout belongs to the protocol.',
    };
}
