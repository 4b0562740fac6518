import type { Programs } from '../app.js';

/** @param out where a built file lies, seen from the host's entry and outside of the app's archive */
export function programsIn(out: (path: string) => string): Programs {
  return { sampleServer: out('./sample-server.js'), resultJudge: out('./result-judge.js') };
}
