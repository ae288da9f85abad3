// The shapes of what the server answers, as TypeScript has them, from the schemas: a field that the page reads and the
// server has not is a fault that tsc finds.
// usage: node types.mjs SCHEMA... >types.d.ts
import { readFileSync } from 'node:fs';

const SCALARS = new Map([
  ['string', 'string'],
  ['bytes', 'string'],
  ['bool', 'boolean'],
  ...['double', 'float', 'int32', 'int64', 'uint32', 'uint64', 'sint32', 'sint64'].map(
    (name) => /** @type {[string, string]} */ ([name, 'number']),
  ),
]);

// Messages that are in every answer, though the schema could do without them.
const ALWAYS = new Set([
  'Snapshot.estimates',
  'Snapshot.collection',
  'Snapshot.clock',
  'Estimates.calibration',
  'Clock.process',
  'WaveInfo.definition',
]);

/** @param {string} text */
export function typesOf(text) {
  const lines = text.replace(/\/\/.*$/gm, '');
  /** @type {string[]} */
  const out = [];
  const enums = new Set([...lines.matchAll(/\benum (\w+)/g)].map((m) => m[1]));
  const flat = lines.replace(/\benum \w+ \{[^}]*\}/g, '');
  for (const [, name, body] of flat.matchAll(/\bmessage (\w+) \{([^}]*)\}/g)) {
    out.push(`export interface ${name} {`);
    const fields = body.matchAll(/(?:(optional|repeated) )?([\w.]+) (\w+) = \d+\s*;/g);
    for (const [, rule, kind, field] of fields) {
      const scalar = enums.has(kind) ? 'string' : SCALARS.get(kind);
      const type = scalar ?? kind;
      const isNull = rule === 'optional' || (!scalar && !ALWAYS.has(`${name}.${field}`));
      out.push(
        `  ${field}: ${rule === 'repeated' ? `${type}[]` : isNull ? `${type} | null` : type};`,
      );
    }
    out.push('}', '');
  }
  return out.join('\n');
}

if (import.meta.url === `file://${process.argv[1]}`) {
  const text = process.argv
    .slice(2)
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
  process.stdout.write(
    `// Written by tests/page/types.mjs from proto/; not by hand.\n\n${typesOf(text)}`,
  );
}
