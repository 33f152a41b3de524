const page = (title: string, body: string): string => `<!doctype html>
<html lang="zh">
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Kuaipei · ${title}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 4rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff } h1 { font-size: 1.25rem }
  button { font: inherit; padding: .5rem .75rem; border: 1px solid #767676; border-radius: 6px; background: #fff; cursor: pointer }
</style>
${body}
</html>`;

/** Ends the session: by itself when `asked` already on our console, else by the button. `form` is the provider's own, without a button. */
export const signOutPage = (form: string, asked: boolean): string => page('退出登录', `<h1>退出登录 · Sign out</h1>
${form}
<button autofocus type="submit" form="op.logoutForm" name="logout" value="yes">退出登录 · Sign out</button>
${asked ? '<script>document.querySelector("button").click()</script>' : ''}`);

/** Where who signs out without a way back ends up. */
export const signedOutPage = (): string => page('已退出登录', '<h1>已退出登录 · You are signed out</h1>');
