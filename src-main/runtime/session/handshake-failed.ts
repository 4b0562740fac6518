import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import { AppError } from '../../contract/index.js';
import { StartFailure } from '../attempt.js';
import { messageOf, quote } from '../start-failures.js';

/** The process runs, but the handshake failed: silence, or an answer that cannot be used. */
export function handshakeFailed(error: unknown, limitMs: number, lastWords: string[]): StartFailure {
  const said = quote(lastWords);
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
    return new StartFailure(
      new AppError(
        'timeout',
        `The server was started but did not answer within ${Math.round(limitMs / 1_000)} s.` +
          (said ? ` It last said: ${said}` : ' It said nothing.'),
        'Is it an MCP server that speaks over stdio? Some need an argument for that (such as "stdio" or "mcp"). A first start that downloads a package can take long: run the command once in a terminal.',
      ),
      true,
    );
  return new StartFailure(
    new AppError(
      'start_failed',
      `The server’s answer cannot be used: ${messageOf(error)}.${said && ` It last said: ${said}`}`,
      'Is it an MCP server, and a version that this app can talk to? Switch on the protocol log to see what it sent.',
    ),
    true,
  );
}
