// ESLint loads its configuration by dynamic import, which Jest's sandbox has not: so it runs here, beside the test.
// Takes [[file, line], …] as its argument and prints, for each, the rules that the line breaks there.
import { ESLint } from 'eslint';

const eslint = new ESLint({ cwd: process.cwd() });
const broken = [];
for (const [file, line] of JSON.parse(process.argv[2])) {
  const [result] = await eslint.lintText(`${line}\n`, { filePath: file });
  broken.push(result.messages.map((message) => message.ruleId ?? message.message));
}
console.log(JSON.stringify(broken));
