import 'uplot/dist/uPlot.min.css';
import UPlot from 'uplot';
import type { PlotData } from './metric-points.js';

export type Plot = {
  setData(data: PlotData): void;
  setSize(width: number): void;
  redraw(): void;
  destroy(): void;
};

export type PlotOptions = {
  width: number;
  height: number;
  data: PlotData;
  /** A value as it stands on the axis and under the cursor. */
  format: (value: number) => string;
  /** The axis reaches at least to here, so that noise near zero does not fill it. */
  least: number;
  /** Called as the cursor moves: the value under it, or undefined where it has left. */
  onpoint: (point: { at: number; value: number } | undefined) => void;
};

const MINUTES = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const SECONDS = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium', hourCycle: 'h23' });

/** Minutes say enough, unless two marks lie within one. */
function times(splits: number[]): string[] {
  const [first = 0, second = first + 60] = splits;
  const format = second - first < 60 ? SECONDS : MINUTES;
  return splits.map((at) => format.format(at * 1_000));
}

/** A canvas knows nothing of CSS variables: their values are read each time it is drawn, so a theme shows at once. */
const token = (element: Element, name: string): string => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
};

export function createPlot(parent: HTMLElement, options: PlotOptions): Plot {
  const { width, height, data, format, least, onpoint } = options;
  const colour = (name: string) => () => token(parent, name);
  const font = `11px ${getComputedStyle(parent).fontFamily}`;
  const axis = { font, stroke: colour('--text-faint'), ticks: { show: false } };
  const plot = new UPlot(
    {
      width,
      height,
      legend: { show: false },
      cursor: { y: false, points: { size: 6 }, drag: { setScale: false } },
      scales: { y: { range: (_self, _low, high) => [0, Math.max(least, high * 1.1)] } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 24,
          space: 84,
          values: (_self, splits) => times(splits),
        },
        {
          ...axis,
          grid: { stroke: colour('--line'), width: 1 },
          size: 56,
          space: 36,
          values: (_self, splits) => splits.map(format),
        },
      ],
      series: [
        {},
        {
          stroke: colour('--accent'),
          width: 1.5,
          fill: () => `color-mix(in srgb, ${token(parent, '--accent')} 10%, transparent)`,
          points: { show: false },
          spanGaps: false,
        },
      ],
      hooks: {
        setCursor: [
          (self) => {
            const index = self.cursor.idx;
            const at = typeof index === 'number' ? self.data[0]?.[index] : undefined;
            const value = typeof index === 'number' ? self.data[1]?.[index] : undefined;
            onpoint(at === undefined || value == null ? undefined : { at: at * 1_000, value });
          },
        ],
      },
    },
    data as UPlot.AlignedData,
    parent,
  );
  return {
    setData: (next) => plot.setData(next as UPlot.AlignedData),
    setSize: (next) => plot.setSize({ width: next, height }),
    redraw: () => plot.redraw(false),
    destroy: () => plot.destroy(),
  };
}
