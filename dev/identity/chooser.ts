import { ROLE_TITLES } from '../../src/domain/claim';
import { DEPARTMENT_TITLES } from '../../src/domain/intake/intake';
import { HOSPITALS, INSURERS, PERSONAS, type Persona } from '../personas';

/** The page that stands where a sign-in form would: one button per persona, by where they work; everything in both languages. */
export function chooserPage(uid: string): string {
  const places = [...new Set(PERSONAS.map(placeOf))];
  const sections = places.map((place) => {
    const buttons = PERSONAS.filter((persona) => placeOf(persona) === place).map(button).join('\n');
    return `<section><h2>${place}</h2>\n${buttons}\n</section>`;
  });
  return `<!doctype html>
<html lang="zh">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kuaipei · 选择身份</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff }
  h1:focus { outline: none } section { margin-bottom: 1.5rem } h2 { font-size: 1rem; margin: 0 0 .5rem }
  button { font: inherit; text-align: left; padding: .5rem .75rem; margin: 0 .5rem .5rem 0; border: 1px solid #767676; border-radius: 6px; background: #fff; cursor: pointer }
  button:hover, button:focus { background: #eef4ff; border-color: #0b57d0 } small { display: block; color: #555 }
</style>
<h1 tabindex="-1" autofocus>选择身份 · Who are you today?</h1>
<p>本机环境：人物皆为虚构，无需密码。 Local stack: everybody here is made up, nobody needs a password.</p>
<form method="post" action="/choose/${encodeURIComponent(uid)}">
${sections.join('\n')}
</form>
</html>`;
}

const HOUSES: ReadonlyArray<{ code: string; name: string }> = [...HOSPITALS, ...INSURERS];

function placeOf({ hospital, insurer }: Persona): string {
  const code = hospital ?? insurer;
  return code === undefined ? '不属于医院或保险公司 · Of no house' : `${HOUSES.find((house) => house.code === code)?.name ?? code} (${code})`;
}

function button({ account, name, roles, departments = [] }: Persona): string {
  const titles: Readonly<Record<string, { zh: string; en: string }>> = DEPARTMENT_TITLES;
  const [zh, en] = (['zh', 'en'] as const).map((language) => [...roles.map((role) => ROLE_TITLES[role][language]), ...departments.map((one) => titles[one]?.[language] ?? one)].join(language === 'zh' ? '、' : ', '));
  return `<button name="persona" value="${account}">${name} · ${zh}<small lang="en">${en}</small><small>${account}</small></button>`;
}
