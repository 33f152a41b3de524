import { ConfigProvider, theme, type ThemeConfig } from 'antd';
import { Outlet } from 'react-router';
import { useFace } from './theme';

/** antd and its theme, around the screens that use it: the frame and the inbox, which a phone loads first, do without. */
export function Kit() {
  return <ConfigProvider theme={themeOf(useFace())} button={{ autoInsertSpace: false }}><Outlet /></ConfigProvider>;
}

/** Colours are chosen for contrast first: every text reaches 4.5 to 1 on its ground. */
const themeOf = (face: 'light' | 'dark'): ThemeConfig => ({
  algorithm: face === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
  hashed: false,
  token: {
    colorPrimary: face === 'dark' ? '#4fb3c4' : '#0b5c6b', colorInfo: face === 'dark' ? '#4fb3c4' : '#0b5c6b', colorLink: face === 'dark' ? '#6cc7d6' : '#0b5c6b',
    colorError: face === 'dark' ? '#ff8a80' : '#b42318', colorTextPlaceholder: face === 'dark' ? '#9aa5a8' : '#5f6b6f', colorTextDescription: face === 'dark' ? '#a9b4b7' : '#556166',
    fontFamily: 'system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif',
    fontSize: 15, borderRadius: 6, controlHeight: 38, wireframe: false,
    // Nothing waits for a movement to end: a button that has answered was still called "loading" where a phone skipped the frames.
    motion: false,
  },
  // White on the lighter colours of the dark face would not reach 4.5 to 1.
  ...(face === 'dark' ? { components: { Button: { primaryColor: '#06181b', dangerColor: '#2b0907' } } } : {}),
});
