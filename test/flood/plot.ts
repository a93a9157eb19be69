import type { Flooded } from './flooding.ts';
import type { Moment } from './timeline.ts';

const [width, height] = [720, 200];
const margin = { left: 56, right: 16, top: 34, bottom: 36 };

interface Line {
  readonly name: string;
  readonly color: string;
  readonly value: (moment: Moment) => number | undefined;
}

const rates: readonly Line[] = [
  { name: 'refused', color: '#dc2626', value: ({ refusedPerSecond }) => refusedPerSecond },
  { name: 'accepted', color: '#2563eb', value: ({ acceptedPerSecond }) => acceptedPerSecond },
  { name: 'ended', color: '#16a34a', value: ({ endedPerSecond }) => endedPerSecond },
];
const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);
const latencies: readonly Line[] = [
  { name: 'p95', color: '#9333ea', value: ({ p95Ms }) => seconds(p95Ms) },
  { name: 'p50', color: '#ea580c', value: ({ p50Ms }) => seconds(p50Ms) },
];

/** An SVG with what was accepted, refused and ended, and how long it took, before, in and after the flood. */
export function plotOf({ moments, flood, bestPerSecond }: Flooded): string {
  const panels = [
    panel('Orders a second', rates, moments, flood, bestPerSecond),
    panel('Seconds from POST to the end, by when it was placed', latencies, moments, flood),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${2 * height}" font-family="sans-serif" font-size="11">`,
    '<title>Orders accepted, refused and ended in a second, and their latency, before, in and after a flood</title>',
    '<rect width="100%" height="100%" fill="#fff"/>',
    ...panels.map((each, index) => `<g transform="translate(0 ${index * height})">${each}</g>`),
    '</svg>\n',
  ].join('\n');
}

function panel(
  title: string,
  lines: readonly Line[],
  moments: readonly Moment[],
  flood: Flooded['flood'],
  best?: number,
): string {
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  const values = moments.flatMap((moment) => lines.flatMap(({ value }) => value(moment) ?? []));
  const top = 1.1 * Math.max(...values, best ?? 0);
  const end = moments.at(-1)?.fromSeconds ?? 1;
  const x = (atSeconds: number) => margin.left + (Math.min(atSeconds, end) / end) * (right - margin.left);
  const y = (value: number) => bottom - (value / top) * (bottom - margin.top);
  const [from, to] = [x(flood[0]), x(flood[1])];
  return [
    `<rect x="${from.toFixed(1)}" y="${margin.top}" width="${(to - from).toFixed(1)}" height="${bottom - margin.top}" fill="#f3f4f6"/>`,
    `<text x="${margin.left}" y="18" font-size="13" font-weight="bold">${title}</text>`,
    ...lines.map(
      ({ name, color }, index) =>
        `<text x="${right - 64 * index}" y="18" text-anchor="end" fill="${color}">${name}</text>`,
    ),
    ...(best === undefined
      ? []
      : [
          `<path d="M${margin.left} ${y(best).toFixed(1)}H${right}" stroke="#888" stroke-dasharray="4 3"/>`,
          `<text x="${margin.left + 4}" y="${(y(best) - 4).toFixed(1)}" fill="#555">best: ${best.toFixed(1)}</text>`,
        ]),
    `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="#888"/>`,
    ...[0, top / 1.1].map(
      (value) =>
        `<text x="${margin.left - 6}" y="${(y(value) + 4).toFixed(1)}" text-anchor="end" fill="#555">${Number(value.toPrecision(3))}</text>`,
    ),
    ...[0, flood[0], flood[1], end].map(
      (value) =>
        `<text x="${x(value).toFixed(1)}" y="${bottom + 15}" text-anchor="middle" fill="#555">${Math.round(value)} s</text>`,
    ),
    ...lines.map(({ color, value }) => {
      const points = moments.flatMap((moment) => {
        const is = value(moment);
        return is === undefined ? [] : [`${x(moment.fromSeconds).toFixed(1)},${y(is).toFixed(1)}`];
      });
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.5"/>`;
    }),
  ].join('\n');
}
