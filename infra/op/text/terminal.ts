/** What a terminal would obey, or what turns text around or hides: control, format and separator characters. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/gu;

/** Text of others, such as a reason, as a terminal may have it: each character that it would obey is shown by its number. */
export const plain = (text: string): string =>
  text.replaceAll(OBEYED, (each) => `\\u{${(each.codePointAt(0) ?? 0).toString(16)}}`);

/** One JSON document, in lines. What `plain` shows by its number is escaped as JSON does it, so the document stays the same. */
export const jsonLines = (document: unknown): readonly string[] =>
  JSON.stringify(document ?? null, null, 2)
    .split('\n')
    .map(escaped);

/** The same in one line. */
export const jsonLine = (document: unknown): string => escaped(JSON.stringify(document ?? null));

const escaped = (line: string): string =>
  line.replaceAll(OBEYED, (each) =>
    each
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  );

const NO_WIDTH = /\p{M}/u;
const TWO_WIDE =
  /\p{Emoji_Presentation}|\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|[\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;

/** How many columns of a terminal a text takes. */
export const widthOf = (text: string): number =>
  Array.from(text, (each) => (NO_WIDTH.test(each) ? 0 : TWO_WIDE.test(each) ? 2 : 1)).reduce<number>(
    (sum, width) => sum + width,
    0,
  );

/** A line as it is, or broken if the terminal is narrower. */
export function fitting(line: string, columns: number): readonly string[] {
  const shown = plain(line);
  return widthOf(shown) <= columns ? [shown] : wrap(shown, columns);
}

/** A text as one line: its end is cut off if the terminal is narrower. */
export function cut(text: string, columns: number): string {
  const shown = plain(text);
  if (widthOf(shown) <= columns) return shown;
  const [first = ''] = columns > 1 ? pieces(shown, columns - 1) : [];
  return `${first}…`;
}

/** Breaks a text between words, and a word only if it is wider than a line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || widthOf(longer) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): readonly string[] {
  const done: string[] = [];
  let piece = '';
  for (const each of word) {
    if (piece !== '' && widthOf(piece + each) > width) {
      done.push(piece);
      piece = '';
    }
    piece += each;
  }
  return [...done, piece];
}
