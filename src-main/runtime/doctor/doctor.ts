import type { Finding, Run, Server } from '../../contract/index.js';
import type { DoctorPorts } from './doctor-ports.js';
import { examineHttp } from './doctor-http.js';
import { examineStdio } from './doctor-stdio.js';

const NO_FAULT_MS = 5_000;

/** What keeps a server from running, or will; the worst first. Looks, and starts no server. */
export async function examine(server: Server, ports: DoctorPorts): Promise<Finding[]> {
  const { transport } = server;
  const findings = [...lastRun(ports.run, ports.junkLines)];
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
    .map(({ title, detail, fix, ...rest }) => ({
      ...rest,
      title: ports.redact(title),
      detail: ports.redact(detail),
      ...(fix !== undefined && { fix: ports.redact(fix) }),
    }))
    .sort((a, b) => weight.indexOf(a.severity) - weight.indexOf(b.severity));
}

function* lastRun(run: Run, junkLines: number): Generator<Finding> {
  if (run.error)
    yield {
      severity: 'error',
      code: `last_run_${run.error.code}`,
      title: run.state === 'backoff' ? 'It failed, and is tried again' : 'The last start or run failed',
      detail: run.error.message,
      fix: run.error.hint,
    };
  if (run.state === 'running' && run.readyMs !== undefined)
    yield {
      severity: run.readyMs > NO_FAULT_MS ? 'warning' : 'ok',
      code: 'handshake',
      title: `Ready in ${run.readyMs} ms`,
      detail: `It speaks MCP ${run.protocolVersion ?? '(unknown version)'} and offers ${run.toolCount ?? 0} tools.`,
      ...(run.readyMs > NO_FAULT_MS && {
        fix: 'If it is run by npx or uvx, installing the package spares the wait for downloads.',
      }),
    };
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
