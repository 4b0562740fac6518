import type { Metric } from '../../../../src-main/contract/index.js';
import { rpc } from '../../../rpc/client.js';
import { joinMetrics } from './metric-points.js';

/** Asking is what keeps the host sampling every 2 s (for 10 s at a time). */
const ASK_MS = 8_000;

/** CPU and memory of one server over the last hour, live while somebody looks. */
export class MetricsSeries {
  metrics = $state.raw<Metric[]>([]);
  loaded = $state(false);

  constructor(readonly serverId: string) {}

  watch(): () => void {
    const stop = rpc.on('metrics.sampled', ({ serverId, metric }) => {
      if (serverId === this.serverId) this.metrics = joinMetrics(this.metrics, [metric]);
    });
    void this.#ask();
    const timer = setInterval(() => void this.#ask(), ASK_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }

  async #ask(): Promise<void> {
    try {
      const { metrics } = await rpc.call('run.metrics', { serverId: this.serverId });
      this.metrics = joinMetrics(this.metrics, metrics);
    } catch {
      // Without an answer the plot stands still; the lost connection is told at the top of the window.
    } finally {
      this.loaded = true;
    }
  }
}
