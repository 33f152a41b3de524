/**
 * What a migration may do while the release before it still runs on the same tables: add, and nothing else (expand). What takes away or changes
 * waits until nobody needs it, and says so in its first line: `-- contract of <release>`, that release being the first which did without it.
 */

const RULES: ReadonlyArray<{ fault: string; when: RegExp }> = [
  { fault: 'drops what the running release still reads', when: /\bDROP\s+(TABLE|COLUMN|TYPE|VIEW|MATERIALIZED\s+VIEW|SCHEMA|SEQUENCE)\b/ },
  { fault: 'drops a column (ALTER TABLE … DROP)', when: /\bALTER\s+TABLE\b[^;]*\bDROP\s+(?!CONSTRAINT|COLUMN|NOT|DEFAULT|EXPRESSION|IDENTITY)\w/ },
  { fault: 'renames what the running release knows by its name', when: /\bRENAME\b/ },
  { fault: 'changes the type of a column: the table is written anew, and prepared statements of the running release fail', when: /\bALTER\s+(COLUMN\s+)?"?\w+"?\s+(SET\s+DATA\s+)?TYPE\b/ },
  { fault: 'SET NOT NULL: the running release may still write NULL', when: /\bSET\s+NOT\s+NULL\b/ },
  { fault: 'adds a column that is NOT NULL without DEFAULT: the running release cannot insert', when: /\bADD\s+(COLUMN\s+)?(IF\s+NOT\s+EXISTS\s+)?"?\w+"?\s+(?!.*\bDEFAULT\b)(?!.*\bGENERATED\b)[^,;]*\bNOT\s+NULL\b/ },
  { fault: 'adds a column whose value is worked out for every row: the table is written anew under lock', when: /\bADD\b[^,;]*\b(GENERATED\s+ALWAYS\s+AS\s*\(|DEFAULT\s+(gen_random_uuid|random|clock_timestamp|nextval)\b)/ },
  { fault: 'checks every row under lock: add the constraint NOT VALID, and VALIDATE it in a migration of its own', when: /\bADD\s+CONSTRAINT\b(?![^;]*\bNOT\s+VALID\b)(?![^;]*\bUSING\s+INDEX\b)/ },
  { fault: 'revokes what the running release may use', when: /\bREVOKE\b/ },
];

/** What is wrong with a migration, in words; an empty list when the running release does not notice it. */
export function faultsOf(sql: string): string[] {
  const marked = /^-- contract of \S+/.test(sql);
  const statements = bare(sql).split(';').map((one) => one.trim()).filter((one) => one !== '');
  const made = [...bare(sql).matchAll(/\bCREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/gi)].map(([, name]) => name!.toLowerCase());
  const onOwnTable = (statement: string): boolean => made.includes((/\b(?:ALTER\s+TABLE|ON)\s+(?:ONLY\s+|IF\s+EXISTS\s+)?"?(\w+)"?/i.exec(statement)?.[1] ?? '').toLowerCase());
  const of = (statement: string): string[] => {
    if (onOwnTable(statement)) return [];
    const found = RULES.filter(({ when }) => new RegExp(when, 'i').test(statement)).map(({ fault }) => fault);
    if (/^CREATE\s+(UNIQUE\s+)?INDEX\b/i.test(statement) && !/\bCONCURRENTLY\b/i.test(statement)) found.push('builds an index while nobody can write: CREATE INDEX CONCURRENTLY, alone in its migration');
    return found;
  };
  const faults = marked ? [] : statements.flatMap(of);
  if (!marked && /\bALTER\s+TABLE\b/i.test(bare(sql)) && statements.some((one) => /^(UPDATE|DELETE)\b/i.test(one))) faults.push('changes rows while it holds a lock on a table: fill in batches, apart from it');
  if (statements.length > 1 && statements.some((one) => /\bCONCURRENTLY\b/i.test(one))) faults.push('CONCURRENTLY stands alone in its migration: more than one statement is one transaction');
  return [...new Set(faults)];
}

/** Without comments, texts and bodies of functions, which lock nothing. */
const bare = (sql: string): string => sql.replace(/--[^\n]*/g, '').replace(/\/\*[\s\S]*?\*\//g, '').replace(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''").replace(/'(?:[^']|'')*'/g, "''");
