import { afterAll, describe, expect } from 'vitest';
import { bifrostContract } from '../contract/bifrost-contract.js';
import { reachRealBifrost } from './real-bifrost.js';

const url = process.env['PEER_BIFROST'];

if (url !== undefined) {
  const ways = {
    username: process.env['PEER_BIFROST_USER'],
    password: process.env['PEER_BIFROST_PASSWORD'],
    token: process.env['PEER_BIFROST_TOKEN'],
  };
  const real = await reachRealBifrost(url, ways, process.env['PEER_MCP_URL']);
  const { profile, stdio } = real.traits;
  describe(`the Bifrost gateway at ${url} (${profile}, local commands: ${stdio ? 'yes' : 'no'})`, () => {
    afterAll(async () => {
      await real.close();
      expect(await real.left()).toEqual([]);
      expect(await real.others()).toEqual(real.before);
    });
    describe('contract', () => bifrostContract(real.open, real.traits));
  });
}
