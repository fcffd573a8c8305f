// Writes src/generated/protocol.ts from the schemas of the wire. With --check it only compares.
import { compile } from 'json-schema-to-typescript';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const target = new URL('../src/generated/protocol.ts', import.meta.url);
const schema = async (name) => JSON.parse(await readFile(new URL(`../../schemas/${name}.json`, import.meta.url), 'utf8'));

const HEAD = `// Generated from schemas/*.json by \`npm run types\`. Not edited by hand: a test compares.
`;

/** The types of the wire as TypeScript. */
export async function types() {
  const { $defs, methods } = await schema('methods');
  const { $defs: more = {}, ...event } = await schema('event');
  delete event.$schema;
  const definitions = { ...$defs, ...more, Event: event };
  const root = { title: 'Wire', type: 'object', $defs: byName(definitions), additionalProperties: false };
  const declarations = await compile(root, 'Wire', {
    additionalProperties: false,
    bannerComment: '',
    unreachableDefinitions: true,
    style: { singleQuote: true, printWidth: 140 },
  });
  const lines = methods.map((one) => `  /** ${one.doc} */\n  '${one.name}': { params: ${named(one.params)}; result: ${named(one.result)} };`);
  return `${HEAD}\n${tidy(declarations)}\n/** The one method table: parameters and result of each method. */\nexport interface Methods {\n${lines.join('\n')}\n}\n`;
}

// A reference with a description beside it would be written out in place; in an `allOf` it keeps its name.
function byName(value) {
  if (Array.isArray(value)) {
    return value.map(byName);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const { $ref, ...rest } = value;
  const copied = Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, byName(one)]));
  return $ref === undefined ? copied : { ...(rest.description ? { description: rest.description } : {}), allOf: [{ $ref }] };
}

const named = (reference) => reference.$ref.replace('#/$defs/', '');

// The compiler says of each definition through which path it came to it, which tells a reader nothing, and it
// needs a root, which the wire has not.
const tidy = (text) =>
  text
    .replace(/^export interface Wire \{\}\n/m, '')
    .replace(/\n \*\n \* This interface was referenced by `[^`]*`'s JSON-Schema\n \* via the `definition` "[^"]*"\./g, '')
    .replace(/\/\*\*\n \* This interface was referenced by `[^`]*`'s JSON-Schema\n \* via the `definition` "[^"]*"\.\n \*\/\n/g, '');

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const now = await types();
  if (!process.argv.includes('--check')) {
    await writeFile(target, now);
  } else if ((await readFile(target, 'utf8')) !== now) {
    console.error('src/generated/protocol.ts is not what schemas/ say: run `npm run types` in editor-client and look at the difference');
    process.exitCode = 1;
  }
}
