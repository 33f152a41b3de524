/** PDF by pdf.js: its worker and its data come from our own server, and nothing in a file is run. */
import { getDocument, GlobalWorkerOptions, type PDFDocumentLoadingTask } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

GlobalWorkerOptions.workerSrc = workerUrl;

/** Character maps of Chinese papers whose fonts are not embedded, stand-ins for standard fonts, decoders of rare image formats: each fetched when a file needs it. */
const DATA: Record<string, string> = {
  ...import.meta.glob<string>('/../node_modules/pdfjs-dist/cmaps/*.bcmap', { query: '?url&no-inline', import: 'default', eager: true }),
  ...import.meta.glob<string>('/../node_modules/pdfjs-dist/standard_fonts/*.{pfb,ttf}', { query: '?url&no-inline', import: 'default', eager: true }),
  ...import.meta.glob<string>('/../node_modules/pdfjs-dist/wasm/*.wasm', { query: '?url&no-inline', import: 'default', eager: true }),
};
const BY_NAME = new Map(Object.entries(DATA).map(([path, url]) => [path.slice(path.lastIndexOf('/') + 1), url]));

class OwnData {
  async fetch({ filename }: { filename: string }): Promise<Uint8Array> {
    const url = BY_NAME.get(filename);
    if (url === undefined) throw new Error(`pdf.js asks for ${filename}, which is not part of it`);
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`HTTP ${answer.status} for ${filename}`);
    return new Uint8Array(await answer.arrayBuffer());
  }
}

/** Opens a file; `destroy()` of the task lets go of everything, the worker included. */
export const openPdf = (data: ArrayBuffer): PDFDocumentLoadingTask => getDocument({
  data: new Uint8Array(data), isEvalSupported: false, enableXfa: false, useWorkerFetch: false, BinaryDataFactory: OwnData,
  // More than one page of a large colour scan: a picture that would take more is left out instead of taking the tab down.
  maxImageSize: 100_000_000,
});
