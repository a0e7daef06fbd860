import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useStore } from '../api/store';
import { loss, weight } from '../ui/format';
import { theme } from '../ui/theme';
import './loss-chart.css';
import type { LossPoint } from './loss-curve';

interface LossChartProps {
  readonly points: readonly LossPoint[];
  /** Of the recipe: the terms are shown as they add up to the total. */
  readonly contentWeight: number;
  readonly styleWeight: number;
}

const SERIES = ['total', 'content', 'style'] as const;
const LABELS = { total: 'Total', content: 'Content', style: 'Style' };
const HEIGHT = 240;
const LOGARITHMIC = 3;

/** Total, content and style loss over the steps, on a logarithmic scale. */
export function LossChart({ points, contentWeight, styleWeight }: LossChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const legend = useRef<HTMLDListElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const shade = useStore(theme);

  const data = toColumns(points, contentWeight, styleWeight);
  const latest = useRef(data);
  latest.current = data;

  useEffect(() => {
    // Colours of the theme, as the legend has them: a canvas does not know CSS.
    const colors = [...legend.current!.querySelectorAll('i')].map((mark) => getComputedStyle(mark).color);
    const { color: ink, fontFamily } = getComputedStyle(legend.current!);
    const grid = getComputedStyle(frame.current!).borderColor;
    const axis = { stroke: ink, font: `11px ${fontFamily}`, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
    const chart = new uPlot(
      {
        width: frame.current!.clientWidth,
        height: HEIGHT,
        padding: [12, 16, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
        scales: { x: { time: false }, y: { distr: LOGARITHMIC } },
        axes: [
          { ...axis, size: 28, grid: { show: false } },
          {
            ...axis,
            size: 56,
            values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : weight(tick))),
            grid: { ...axis.grid, filter: wholePowers },
          },
        ],
        series: [
          {},
          ...SERIES.map((name, index) => ({
            label: LABELS[name],
            stroke: colors[index]!,
            width: name === 'total' ? 2 : 1.5,
            points: { show: false },
          })),
        ],
        hooks: { setCursor: [({ cursor }) => setPointed(cursor.idx ?? null)] },
      },
      latest.current,
      frame.current!,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => chart.setSize({ width: frame.current!.clientWidth, height: HEIGHT }));
    observer.observe(frame.current!);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [shade]);

  useEffect(() => plot.current?.setData(data), [points]);

  const index = Math.min(pointed ?? Infinity, points.length - 1);
  const [steps, ...columns] = data;
  const first = columns[0]![0];
  const last = columns[0]!.at(-1);
  return (
    <figure class="chart">
      <div
        ref={frame}
        class="chart-frame"
        role="img"
        aria-label={
          typeof first === 'number' && typeof last === 'number'
            ? `Loss over ${points.length} steps: the total went from ${loss(first)} to ${loss(last)}.`
            : 'Loss over the steps: none yet.'
        }
        data-points={points.length}
      />
      <dl class="legend" ref={legend}>
        {SERIES.map((name, series) => {
          const value = columns[series]![index];
          return (
            <div key={name}>
              <dt>
                <i class={name} />
                {LABELS[name]}
              </dt>
              <dd>{typeof value === 'number' ? loss(value) : '–'}</dd>
            </div>
          );
        })}
        <div>
          <dt>Step</dt>
          <dd>{steps[index] ?? '–'}</dd>
        </div>
      </dl>
    </figure>
  );
}

/** Lines at 1, 10, 100, ... only: the picture is the main thing on this page. */
function wholePowers(_chart: uPlot, ticks: number[]): (number | null)[] {
  return ticks.map((tick) => (Number.isInteger(Number(Math.log10(tick).toFixed(6))) ? tick : null));
}

/** One column a series; zero has no place on a logarithmic scale. */
function toColumns(points: readonly LossPoint[], contentWeight: number, styleWeight: number): uPlot.AlignedData {
  const positive = (value: number) => (value > 0 ? value : null);
  return [
    points.map(({ step }) => step),
    points.map(({ total }) => positive(total)),
    points.map(({ content }) => positive(content * contentWeight)),
    points.map(({ style }) => positive(style * styleWeight)),
  ];
}
