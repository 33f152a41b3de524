import { QRCode } from 'antd';

/** A link as a code to scan; black on white in either theme, as scanners want it. Loaded when one is made. */
export default function LinkCode({ url }: { url: string }) {
  return <QRCode value={url} type="svg" size={220} errorLevel="M" color="#000" bgColor="#fff" />;
}
