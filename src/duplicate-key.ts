/**
 * A name that an object of this JSON text has twice, if there is one. `JSON.parse` would take the last in silence, and
 * another reader perhaps the first.
 *
 * @param json a text that `JSON.parse` accepts
 */
export function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = []; // the names of every object around this place; lists have none
  for (let i = 0; i < json.length; i++) {
    const character = json[i];
    if (character === '{' || character === '[') open.push(new Set());
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(json, i);
      if (isKey(json, end + 1)) {
        const key = JSON.parse(json.slice(i, end + 1)) as string;
        if (open.at(-1)!.has(key)) return key;
        open.at(-1)!.add(key);
      }
      i = end;
    }
  }
  return undefined;
}

/** Of the quotation mark that closes the string which begins here. */
function endOfString(json: string, start: number): number {
  let end = start + 1;
  while (json[end] !== '"') end += json[end] === '\\' ? 2 : 1;
  return end;
}

function isKey(json: string, at: number): boolean {
  while (' \t\n\r'.includes(json[at])) at++;
  return json[at] === ':';
}
