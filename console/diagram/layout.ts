import type { Diagram, Step } from './diagram.ts';

/** In units of the drawing, which are pixels as long as there is room. */
const LANE = 190;
export const HEAD = 44;
const ROW = 40;
/** A line of small text below an arrow. */
export const LINE = 15;
/** So much deeper is the arrow from a lane to itself. */
export const LOOP = 10;
/** So many characters of small text fit beside a lane, in one line. */
const MAX_CHARACTERS = 58;

export interface Row {
  readonly step: Step;
  /** Where its arrow is. */
  readonly y: number;
  readonly fromX: number;
  readonly toX: number;
  /** Where its texts are centred. */
  readonly textX: number;
  /** What stands below the arrow, line by line. */
  readonly notes: readonly string[];
  readonly notesY: number;
}

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly { readonly name: string; readonly x: number }[];
  readonly rows: readonly Row[];
}

/** Where everything of a diagram stands. */
export function drawingOf({ lanes, steps }: Diagram): Drawing {
  const xOf = (lane: string): number => LANE / 2 + Math.max(0, lanes.indexOf(lane)) * LANE;
  const width = Math.max(1, lanes.length) * LANE;
  let y = HEAD + 18;
  const rows = steps.map((step): Row => {
    const [fromX, toX] = [xOf(step.from), xOf(step.to)];
    const notes = linesOf(step.kind === 'moved' ? (step.status ?? '') : (step.why ?? ''), MAX_CHARACTERS);
    const textX = within((fromX + toX) / 2, width, notes, step.label);
    const loop = fromX === toX ? LOOP : 0;
    const row = { step, y, fromX, toX, textX, notes, notesY: y + LINE + loop };
    y += ROW + LINE * notes.length + loop;
    return row;
  });
  return { width, height: y, lanes: lanes.map((name) => ({ name, x: xOf(name) })), rows };
}

/** About so wide is a character of the small text. */
const CHARACTER = 6.2;

/** Keeps a centred text inside of the drawing. */
function within(x: number, width: number, notes: readonly string[], label: string): number {
  const half = (Math.max(label.length + 14, ...notes.map(({ length }) => length)) * CHARACTER) / 2;
  return Math.min(Math.max(x, Math.min(half, width / 2)), Math.max(width - half, width / 2));
}

/** A text in lines of at most so many characters, broken where there is a space. */
export function linesOf(text: string, max: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter((each) => each !== '')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= max)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
