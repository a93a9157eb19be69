import type { Diagram, Step } from './diagram.ts';

/** Its arrows: https://mermaid.js.org/syntax/sequenceDiagram.html#messages */
const ARROWS: Readonly<Record<Step['kind'], string>> = {
  moved: '->>',
  idle: '-->>',
  failed: '--x',
  awaited: '--)',
};

/** A diagram as Mermaid draws it, for a ticket or a document. */
export function mermaidOf({ lanes, steps }: Diagram): string {
  const names = new Map(lanes.map((lane, index) => [lane, `p${index}`]));
  const nameOf = (lane: string): string => names.get(lane) ?? lane;
  return [
    'sequenceDiagram',
    ...lanes.map((lane) => `  participant ${nameOf(lane)} as ${plain(lane)}`),
    ...steps.flatMap(({ from, to, label, status, kind, why, at }) => [
      `  ${nameOf(from)}${ARROWS[kind]}${nameOf(to)}: ${plain(label)}${at === undefined ? '' : ` at ${at.slice(11, 23)}`}`,
      ...noteOf(nameOf(to), kind === 'moved' ? status : why),
    ]),
    '',
  ].join('\n');
}

const noteOf = (lane: string, text: string | undefined): readonly string[] =>
  text === undefined ? [] : [`  Note over ${lane}: ${plain(text)}`];

/** These end a statement, or begin a comment or an entity. */
const plain = (text: string): string => text.replaceAll(/[;#%\r\n]+/g, ' ').trim();
