import type { Diagram } from './diagram.ts';
import { type Drawing, drawingOf, HEAD, LINE, LOOP, type Row } from './layout.ts';

/** A diagram as a picture. Whoever cannot see it has the same in the table of the timeline. */
export function Picture({ diagram, title }: { readonly diagram: Diagram; readonly title: string }) {
  const drawing = drawingOf(diagram);
  const { width, height } = drawing;
  return (
    // It may be wider than the page, and is scrolled by the keyboard then.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: https://dequeuniversity.com/rules/axe/4.11/scrollable-region-focusable
    <section class="picture" tabIndex={0} aria-label="Sequence diagram">
      <svg viewBox={`0 0 ${width} ${height}`} width={width} height={height} role="img" aria-label={title}>
        <defs>
          <marker
            id="head"
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8z" class="arrowhead" />
          </marker>
        </defs>
        <Lanes drawing={drawing} />
        {drawing.rows.map((row, index) => (
          // Steps have no name, and none is ever taken away.
          <Arrow key={index} row={row} />
        ))}
      </svg>
    </section>
  );
}

const Lanes = ({ drawing: { lanes, height } }: { readonly drawing: Drawing }) =>
  lanes.map(({ name, x }) => (
    <g key={name}>
      <line x1={x} x2={x} y1={HEAD - 12} y2={height} class="lane" />
      <text x={x} y={22} text-anchor="middle" class="lane-name">
        {name}
      </text>
    </g>
  ));

function Arrow({ row: { step, y, fromX, toX, textX, notes, notesY } }: { readonly row: Row }) {
  const { label, kind, at } = step;
  const path = fromX === toX ? `M${fromX} ${y - 1}h26v${LOOP}H${toX + 2}` : `M${fromX} ${y}H${toX}`;
  return (
    <g class={`step ${kind}`}>
      <path d={path} class="arrow" marker-end="url(#head)" />
      <text x={textX} y={y - 8} text-anchor="middle" class="label">
        {label}
        <tspan class="time"> {at === undefined ? 'not yet' : at.slice(11, 23)}</tspan>
      </text>
      {notes.map((line, index) => (
        <text key={line} x={textX} y={notesY + index * LINE} text-anchor="middle" class="note">
          {line}
        </text>
      ))}
    </g>
  );
}
