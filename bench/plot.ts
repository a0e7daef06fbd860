/** Draws a line chart as SVG with logarithmic axes, for light and dark pages. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Points of each line by its name, from left to right, all above 0. */
  readonly lines: Readonly<Record<string, readonly Point[]>>;
  /** A dashed horizontal line. */
  readonly level: { readonly label: string; readonly y: number };
}

const WIDTH = 720;
const HEIGHT = 400;
const FRAME = { left: 64, right: 16, top: 40, bottom: 48 };
/** Minimum horizontal distance of drawn points, pixels. */
const RESOLUTION = 1.5;
/** Distinguishable with colour blindness (Okabe & Ito 2008), on white and on black. */
const COLORS = ['#d55e00', '#0072b2', '#009e73', '#cc79a7'];

const STYLE = `text { font: 13px sans-serif; fill: #333 } .grid { stroke: #8884 } .level { stroke: #888; stroke-dasharray: 4 4 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } }`;

export function drawChart({ title, xLabel, yLabel, lines, level }: Chart): string {
  const points = Object.values(lines).flat();
  const x = logScale(
    points.map((point) => point.x),
    FRAME.left,
    WIDTH - FRAME.right,
  );
  const y = logScale([...points.map((point) => point.y), level.y], HEIGHT - FRAME.bottom, FRAME.top);
  const across = (at: number, kind: string) =>
    `<line class="${kind}" x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${at}" y2="${at}"/>`;
  const down = (at: number) =>
    `<line class="grid" x1="${at}" x2="${at}" y1="${FRAME.top}" y2="${HEIGHT - FRAME.bottom}"/>`;
  const parts = [
    ...x.ticks.map((tick) => down(x.at(tick)) + text(x.at(tick), HEIGHT - FRAME.bottom + 18, String(tick), 'middle')),
    ...y.ticks.map((tick) => across(y.at(tick), 'grid') + text(FRAME.left - 8, y.at(tick) + 4, String(tick), 'end')),
    text(WIDTH / 2, 22, title, 'middle'),
    text(WIDTH / 2, HEIGHT - 10, xLabel, 'middle'),
    text(FRAME.left - 8, FRAME.top - 12, yLabel, 'end'),
    across(y.at(level.y), 'level'),
    text(FRAME.left + 8, y.at(level.y) - 6, level.label, 'start'),
  ];
  for (const [i, [name, line]] of Object.entries(lines).entries()) {
    const color = COLORS[i % COLORS.length]!;
    const path = thinned(line.map((point) => [x.at(point.x), y.at(point.y)])).map((pixel) => pixel.join(','));
    const row = FRAME.top + 16 + 20 * i;
    const legend = WIDTH - FRAME.right - 230;
    parts.push(
      `<polyline points="${path.join(' ')}" fill="none" stroke="${color}" stroke-width="2" stroke-linejoin="round"/>`,
      `<line x1="${legend}" x2="${legend + 24}" y1="${row}" y2="${row}" stroke="${color}" stroke-width="3"/>`,
      text(legend + 32, row + 4, name, 'start'),
    );
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(title)}">
<style>${STYLE}</style>
${parts.join('\n')}
</svg>
`;
}

/** Maps values to pixels; ticks are at 1, 2 and 5 times the powers of ten. */
function logScale(values: readonly number[], from: number, to: number) {
  const low = values.reduce((least, value) => Math.min(least, value), Infinity);
  const high = values.reduce((greatest, value) => Math.max(greatest, value), 0);
  const at = (value: number) => round(from + ((to - from) * Math.log(value / low)) / (Math.log(high / low) || 1));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++) {
    for (const digit of [1, 2, 5]) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return { at, ticks };
}

function thinned(pixels: readonly (readonly number[])[]): (readonly number[])[] {
  let drawn = -Infinity;
  return pixels.filter(([x], i) => {
    const draw = x! - drawn >= RESOLUTION || i === pixels.length - 1;
    if (draw) drawn = x!;
    return draw;
  });
}

const round = (pixel: number) => Math.round(10 * pixel) / 10;
const escape = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
const text = (x: number, y: number, value: string, anchor: string) =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${escape(value)}</text>`;
