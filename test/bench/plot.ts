import type { Growth, GrowthPoint } from './growth.ts';

const [width, height] = [360, 240];
const margin = { left: 56, right: 16, top: 34, bottom: 44 };

interface Panel {
  readonly title: string;
  readonly axis: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** An SVG with sagas a second by what is in the tables and by how many SKUs there are. Flat is good. */
export function plotOf({ bySagas, bySkus }: Growth): string {
  const panel = (
    title: string,
    axis: string,
    points: readonly GrowthPoint[],
    x: (point: GrowthPoint) => number,
  ) => ({
    title,
    axis,
    points: points.map((point) => ({ x: x(point), y: point.sagasPerSecond })),
  });
  const panels: readonly Panel[] = [
    panel('Sagas in the tables', 'sagas before the measurement', bySagas, ({ sagasBefore }) => sagasBefore),
    panel('SKUs on sale', 'SKUs', bySkus, ({ skus }) => skus),
  ];
  const top = 1.2 * Math.max(...panels.flatMap(({ points }) => points.map(({ y }) => y)));
  const drawn = panels.map(
    (each, index) => `<g transform="translate(${index * width} 0)">${draw(each, top)}</g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${panels.length * width} ${height}" font-family="sans-serif" font-size="11">`,
    '<title>Sagas a second, by sagas in the tables and by SKUs on sale</title>',
    `<rect width="100%" height="100%" fill="#fff"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

function draw({ title, axis, points }: Panel, top: number): string {
  const [right, bottom] = [width - margin.right, height - margin.bottom];
  const logs = points.map(({ x }) => Math.log10(Math.max(1, x)));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const place = ({ x, y }: { x: number; y: number }) => ({
    left: margin.left + ((Math.log10(Math.max(1, x)) - low) / (high - low || 1)) * (right - margin.left),
    down: bottom - (y / top) * (bottom - margin.top),
  });
  const line = points
    .map((point) => `${place(point).left.toFixed(1)},${place(point).down.toFixed(1)}`)
    .join(' ');
  return [
    `<text x="${margin.left}" y="18" font-size="13" font-weight="bold">${title}</text>`,
    `<path d="M${margin.left} ${margin.top}V${bottom}H${right}" fill="none" stroke="#888"/>`,
    `<text x="${(margin.left + right) / 2}" y="${height - 8}" text-anchor="middle" fill="#555">${axis} (log scale)</text>`,
    `<text transform="translate(14 ${(margin.top + bottom) / 2}) rotate(-90)" text-anchor="middle" fill="#555">sagas a second</text>`,
    `<text x="${margin.left - 6}" y="${bottom + 4}" text-anchor="end" fill="#555">0</text>`,
    `<polyline points="${line}" fill="none" stroke="#2563eb" stroke-width="2"/>`,
    ...points.map((point) => {
      const { left, down } = place(point);
      const anchor = left > (margin.left + right) / 2 ? 'end' : 'start';
      return [
        `<circle cx="${left.toFixed(1)}" cy="${down.toFixed(1)}" r="3.5" fill="#2563eb"/>`,
        `<text x="${left.toFixed(1)}" y="${(down - 9).toFixed(1)}" text-anchor="${anchor}">${Math.round(point.y)}</text>`,
        `<text x="${left.toFixed(1)}" y="${bottom + 16}" text-anchor="${anchor}" fill="#555">${point.x.toLocaleString('en')}</text>`,
      ].join('');
    }),
  ].join('\n');
}
