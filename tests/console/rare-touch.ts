import type { Locator, Page } from 'playwright-core';

const STEPS = 12;

/**
 * Fingers on a touch screen, as the browser itself hears of them: two that stand `from` pixels apart and draw apart (or together) to
 * `to`, or one that moves by so much.
 */
export async function pinch(page: Page, on: Locator, how: { from: number; to: number } | { move: [number, number] }): Promise<void> {
  const box = (await on.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const fingers = (part: number): Array<{ x: number; y: number; id: number }> => {
    if ('move' in how) return [{ x: x + how.move[0] * part, y: y + how.move[1] * part, id: 0 }];
    const half = (how.from + (how.to - how.from) * part) / 2;
    return [{ x: x - half, y, id: 0 }, { x: x + half, y, id: 1 }];
  };
  const line = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', part: number) => line.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : fingers(part) });
  await touch('touchStart', 0);
  for (let step = 1; step <= STEPS; step += 1) await touch('touchMove', step / STEPS);
  await touch('touchEnd', 1);
  await page.waitForTimeout(100);
  await line.detach();
}
