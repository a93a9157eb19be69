/**
 * The first name that an object in a JSON text has twice; undefined if none has. `JSON.parse` takes the last of them, others
 * the first, so that two who read the same text understand different things. The text has to be valid JSON.
 */
export function repeatedMember(json: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  let text: string | undefined;
  for (let at = 0; at < json.length; at += 1) {
    switch (json[at]) {
      case '{':
        objects.push(new Set());
        break;
      case '[':
        objects.push(undefined);
        break;
      case '}':
      case ']':
        objects.pop();
        break;
      case '"': {
        const end = endOfText(json, at);
        text = json.slice(at, end + 1);
        at = end;
        break;
      }
      case ':': {
        // Only the text before a colon is a name.
        const name = String(JSON.parse(text ?? '""'));
        const names = objects.at(-1);
        if (names?.has(name)) return name;
        names?.add(name);
        break;
      }
      default:
    }
  }
  return undefined;
}

function endOfText(json: string, start: number): number {
  let end = start + 1;
  while (end < json.length && json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end;
}
