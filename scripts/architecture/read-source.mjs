const REGEX_MAY_FOLLOW =
  /(^|[(,=:[!&|?{};+\-*%~^>]|\b(return|typeof|case|in|of|void|delete|throw|new|do|else|yield|await))\s*$/;

const IMPORTS = [
  { pattern: /\b(import|export)\b((?:(?!\b(?:import|export)\b)[^;'"`])*?)\bfrom\s*(?=['"])/g, clause: 2 },
  { pattern: /\bimport\s*(?=['"])/g },
  { pattern: /\b(?:import|require|import\.meta\.resolve)\s*\(\s*(?=['"])/g },
];

/**
 * Reads a source file without running or compiling it: `code` is the text with comments, string and regex contents blanked
 * (same length, same lines), `imports` its import specifiers `{ specifier, typeOnly, star, line }`.
 */
export function readSource(text) {
  const { code, strings } = blank(text);
  const imports = IMPORTS.flatMap(({ pattern, clause }) =>
    Array.from(code.matchAll(pattern), (match) => {
      const clauseText = clause === undefined ? '' : match[clause];
      const start = match.index + match[0].length;
      return {
        specifier: strings.get(start) ?? '',
        typeOnly: isTypeOnly(clauseText),
        star: match[1] === 'export' && /^\s*\*\s*$/.test(clauseText),
        line: code.slice(0, match.index).split('\n').length,
      };
    }),
  );
  return { code, imports: imports.filter(({ specifier }) => specifier !== '') };
}

function isTypeOnly(clause) {
  if (/^\s*type\s+\S/.test(clause)) return true;
  const names = /^\s*\{([^}]*)\}\s*$/
    .exec(clause)?.[1]
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return names !== undefined && names.length > 0 && names.every((name) => name.startsWith('type '));
}

/** Blanks everything that is not code, and remembers each string's content by the offset of its opening quote. */
function blank(text) {
  const strings = new Map();
  const out = text.split('');
  const erase = (from, to) => {
    for (let i = from; i < to; i++) if (out[i] !== '\n') out[i] = ' ';
  };
  const templates = []; // depth of braces inside each open `${`
  let i = 0;
  while (i < text.length) {
    const char = text[i];
    const next = text[i + 1];
    if (char === '/' && next === '/') i = eraseUntil(i, endOfLine(text, i));
    else if (char === '/' && next === '*') i = eraseUntil(i, after(text, '*/', i + 2));
    else if (char === "'" || char === '"') i = quoted(i, char);
    else if (char === '`') i = template(i + 1);
    else if (char === '/' && REGEX_MAY_FOLLOW.test(out.slice(Math.max(0, i - 40), i).join(''))) i = regex(i);
    else if (templates.length > 0 && char === '{') i = deeper(i, 1);
    else if (templates.length > 0 && char === '}') i = templates.at(-1) === 0 ? leaveHole(i) : deeper(i, -1);
    else i += 1;
  }
  return { code: out.join(''), strings };

  function eraseUntil(from, to) {
    erase(from, to);
    return to;
  }

  function quoted(start, quote) {
    let end = start + 1;
    while (end < text.length && text[end] !== quote && text[end] !== '\n') end += text[end] === '\\' ? 2 : 1;
    if (text[end] !== quote) return start + 1; // an apostrophe in JSX text
    strings.set(start, text.slice(start + 1, end));
    erase(start + 1, end);
    return end + 1;
  }

  function template(start) {
    let end = start;
    while (end < text.length && text[end] !== '`' && !(text[end] === '$' && text[end + 1] === '{'))
      end += text[end] === '\\' ? 2 : 1;
    erase(start, end);
    if (text[end] !== '$') return end + 1;
    templates.push(0);
    return end + 2;
  }

  function leaveHole(at) {
    templates.pop();
    return template(at + 1);
  }

  function deeper(at, by) {
    templates[templates.length - 1] += by;
    return at + 1;
  }

  function regex(start) {
    let end = start + 1;
    let inClass = false;
    while (end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/')) {
      if (text[end] === '[') inClass = true;
      if (text[end] === ']') inClass = false;
      end += text[end] === '\\' ? 2 : 1;
    }
    if (text[end] !== '/') return start + 1;
    erase(start + 1, end);
    return end + 1;
  }
}

function endOfLine(text, from) {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function after(text, mark, from) {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}
