import { describe } from 'vitest';
import { lettaContract } from '../contract/letta-contract.js';
import { openRealLetta, runsLocalCommands } from './real-letta.js';

const url = process.env['PEER_LETTA'];
const token = process.env['PEER_LETTA_TOKEN'];

if (url !== undefined) {
  const isLocal = await runsLocalCommands(url, token);
  describe(`the Letta server at ${url}`, () => lettaContract(() => openRealLetta(url, token), isLocal));
}
