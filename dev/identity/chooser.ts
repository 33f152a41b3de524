import { PERSONAS, type Persona } from '../personas';

/** The page that stands where a sign-in form would: one button per persona, by where they work. */
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
  section { margin-bottom: 1.5rem } h2 { font-size: 1rem; margin: 0 0 .5rem }
  button { font: inherit; text-align: left; padding: .5rem .75rem; margin: 0 .5rem .5rem 0; border: 1px solid #767676; border-radius: 6px; background: #fff; cursor: pointer }
  button:hover, button:focus { background: #eef4ff; border-color: #0b57d0 } small { display: block; color: #555 }
</style>
<h1>选择身份 · Who are you today?</h1>
<p>本机环境：人物皆为虚构，无需密码。 Local stack: everybody here is made up, nobody needs a password.</p>
<form method="post" action="/choose/${encodeURIComponent(uid)}">
${sections.join('\n')}
</form>
</html>`;
}

const placeOf = (persona: Persona): string => persona.hospital ?? persona.insurer ?? 'Kuaipei';

const button = ({ account, name, roles, departments = [] }: Persona): string =>
  `<button name="persona" value="${account}">${name} · ${roles.join(', ')}<small>${[account, ...departments].join(' · ')}</small></button>`;
