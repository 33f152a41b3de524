import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { fileSource, type ByteSource } from '../../../src/platform/documents/byte-source';
import { inspect, type DocumentFlag, type Inspection } from '../../../src/platform/documents/inspect';
import type { RefusalRule } from '../../../src/platform/documents/refusals';
import { pagesOfOneTable } from './hostile-tiff';

const SAMPLES = join(__dirname, '../../../dev/samples/files');

type Expected = RefusalRule | [mediaType: string, ...flags: DocumentFlag[]];

/** Every sample file, and what becomes of it. */
const TABLE: Record<string, Expected> = {
  'CT_small.dcm': ['application/dicom'], // begins with a TIFF header
  'JPEG2000.dcm': ['application/dicom'],
  'SC_rgb_jpeg_dcmtk.dcm': ['application/dicom'],
  'apple-voice-memo.m4a': ['audio/x-m4a'],
  'empty.pdf': ['application/pdf'], // a page without text
  'exif.png': ['image/png'],
  'exif_gps.jpg': ['image/jpeg'],
  'file_pdfjs_form.pdf': ['application/pdf'],
  'fixture-big-endian.tif': ['image/tiff'],
  'fixture-imovie.mp4': ['video/mp4'],
  'fixture-itxt.png': ['image/png'],
  'fixture-minimal.pdf': ['application/pdf'],
  'fixture.dcm': ['application/dicom'],
  'fixture.docx': 'type-not-accepted',
  'fixture.jpg': ['image/jpeg'],
  'fixture.m4a': ['audio/x-m4a'],
  'fixture.mp3': ['audio/mpeg'],
  'fixture.pdf': ['application/pdf'],
  'fixture.png': ['image/png'],
  'fixture.webm': ['video/webm'],
  'fixture.zip': 'type-not-accepted',
  'hopper_g4.tif': ['image/tiff'],
  'hopper_orientation_6.jpg': ['image/jpeg'],
  'multipage.tiff': ['image/tiff'],
  'pdfa1b-6-1-2-t01-pass-a.pdf': ['application/pdf'],
  'pil_sample_cmyk.jpg': ['image/jpeg'],
  'signed_verified.pdf': ['application/pdf'],
  'test-SR.dcm': ['application/dicom'],
  'malformed/MR_truncated.dcm': 'cut-short',
  'malformed/badVR.dcm': ['application/dicom'], // one number is misspelt; the structure holds
  'malformed/broken.png': 'unreadable',
  'malformed/crash-86214e58da443d2b80820cff9677a38a33dcbbca.tif': 'cut-short',
  'malformed/decompression_bomb.gif': 'type-not-accepted',
  'malformed/empty_protected.pdf': ['application/pdf', 'encrypted'],
  'malformed/fixture-bad-offset-10.mp3': 'unreadable',
  'malformed/fixture-corrupt.png': 'unreadable',
  'malformed/fixture-dash.mp4': 'cut-short',
  'malformed/helloworld-bad.pdf': ['application/pdf', 'damaged'],
  'malformed/invalid-exif.jpg': ['image/jpeg', 'damaged'],
  'malformed/javascript-openaction.pdf': ['application/pdf', 'active-content'],
  'malformed/late-header.pdf': ['application/pdf', 'damaged'],
  'malformed/mislabelled-png-as.pdf': 'mislabelled',
  'malformed/mislabelled-zip-as.jpg': 'type-not-accepted', // as a .zip it would be refused too
  'malformed/polyglot-html-pdf.pdf': 'two-formats',
  'malformed/polyglot-jpeg-zip.jpg': 'two-formats',
  'malformed/truncated-half-fixture.pdf': 'cut-short',
  'malformed/truncated_end_chunk.png': 'cut-short',
  'malformed/zero-bytes.pdf': 'empty',
};

const sample = (name: string): Buffer => readFileSync(join(SAMPLES, name));
const expectation = (expected: Expected) =>
  typeof expected === 'string' ? { kind: 'refused', rule: expected } : { kind: 'taken', mediaType: expected[0], flags: expected.slice(1) };

function inMemory(bytes: Buffer): ByteSource {
  return { size: bytes.length, read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)), stream: () => Readable.from([bytes]) };
}
const inspectBytes = (bytes: Buffer, fileName: string): Promise<Inspection> => inspect(inMemory(bytes), { kind: 'other', fileName });

describe('SPEC §1.3: the media type is sniffed from content', () => {
  it.each(Object.entries(TABLE))('%s', async (name, expected) => {
    const result = await inspect(await fileSource(join(SAMPLES, name)), { kind: 'other', fileName: name });
    expect(result).toMatchObject(expectation(expected));
    if (result.kind === 'refused') expect([result.text.zh.length, result.text.en.length].every((length) => length > 10)).toBe(true);
  });

  it('every sample file has its row', () => {
    const files = (readdirSync(SAMPLES, { recursive: true }) as string[]).filter((name) => statSync(join(SAMPLES, name)).isFile());
    const uploads = files.filter((name) => !/(?:\.md|LICEN[CS]E.*|\.txt)$/.test(name));
    expect(uploads.sort()).toEqual(Object.keys(TABLE).sort());
  });

  it('a refusal says what the file really is, or what to send instead', async () => {
    expect(await inspectBytes(sample('fixture.png'), 'consent.pdf')).toMatchObject({ text: { en: expect.stringContaining('image/png') as string } });
    expect(await inspectBytes(sample('fixture.docx'), 'consent.docx')).toMatchObject({ text: { en: expect.stringContaining('save it as PDF') as string } });
    expect(await inspectBytes(sample('fixture.zip'), 'all.zip')).toMatchObject({ text: { en: expect.stringContaining('unpack') as string } });
  });

  it('a recording is no discharge summary', async () => {
    const recording = inMemory(sample('fixture.mp3'));
    expect(await inspect(recording, { kind: 'medical-summary', fileName: 'a.mp3' })).toMatchObject({ rule: 'not-for-this-kind' });
    expect(await inspect(recording, { kind: 'witness-pack', fileName: 'a.mp3' })).toMatchObject({ kind: 'taken' });
  });

  it.each([['scan', 'taken'], ['scan.JPEG', 'taken'], ['报告2026.11.22', 'taken'], ['scan.jpg.exe', 'refused'], ['scan.png', 'refused']])('a JPEG called %s is %s', async (name, kind) => {
    expect(await inspectBytes(sample('fixture.jpg'), name)).toMatchObject({ kind });
  });

  it('a voice memo may be called .mp4, as phones do', async () => {
    expect(await inspectBytes(sample('fixture.m4a'), 'witness.mp4')).toMatchObject({ kind: 'taken' });
  });
});

/** A small whole PDF with these objects besides its catalogue. */
function pdf(...objects: string[]): Buffer {
  const body = `%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n${objects.join('\n')}\n`;
  return Buffer.from(`${body}xref\n0 1\ntrailer\n<</Root 1 0 R>>\nstartxref\n${String(body.length)}\n%%EOF\n`, 'latin1');
}
const objectStream = (content: string, dictionary = '/Filter/FlateDecode'): string => {
  const packed = deflateSync(Buffer.from(content, 'latin1')).toString('latin1');
  return `9 0 obj\n<</Type/ObjStm/N 1/First 4/Length ${String(packed.length)}${dictionary}>>stream\n${packed}\nendstream\nendobj`;
};

describe('FAULTS 34: hostile PDFs', () => {
  it('the harmless one the others are made from is taken without a flag', async () => {
    expect(await inspectBytes(pdf(), 'a.pdf')).toEqual({ kind: 'taken', mediaType: 'application/pdf', flags: [] });
    expect(await inspectBytes(pdf(objectStream('5 0 <</Type/Font>>')), 'a.pdf')).toMatchObject({ flags: [] });
  });
  it.each([
    ['a script', pdf('3 0 obj\n<</S/JavaScript/JS(app.alert(1))>>\nendobj')],
    ['a script whose name is spelt in hex', pdf('3 0 obj\n<</S/J#61va#53cript/JS(app.alert(1))>>\nendobj')],
    ['a script in an object stream', pdf(objectStream('5 0 <</S/JavaScript/JS(app.alert(1))>>'))],
    ['a script in an object stream spelt in hex', pdf(objectStream('5 0 <</S/JavaScript>>').replace('/ObjStm', '/Obj#53tm'))],
    ['an object stream packed so that we cannot look inside', pdf(objectStream('5 0 <<>>', '/Filter[/ASCII85Decode/FlateDecode]'))],
    ['a program to launch', pdf('3 0 obj\n<</S/Launch/F(cmd.exe)>>\nendobj')],
  ])('%s is flagged active-content', async (_what, bytes) => {
    expect(await inspectBytes(bytes, 'a.pdf')).toMatchObject({ kind: 'taken', flags: ['active-content'] });
  });
  it('a script on the edge between two windows of the scan is found', async () => {
    for (const shift of [-30, -12, -6, -1, 0, 1]) {
      const filler = (length: number): string => `4 0 obj\n<</Length ${String(length)}>>stream\n${'.'.repeat(length)}\nendstream\nendobj`;
      const before = pdf(filler(100)).indexOf('/S/JavaScript');
      expect(before).toBe(-1);
      const start = pdf(`${filler(0)}\n3 0 obj\n<</S`).indexOf('/S', 120);
      expect(await inspectBytes(pdf(filler(1024 ** 2 - start + shift), '3 0 obj\n<</S/JavaScript>>\nendobj'), 'a.pdf')).toMatchObject({ flags: ['active-content'] });
    }
  });
  it.each<[string, Buffer, RefusalRule]>([
    ['an object stream that expands without end', pdf(objectStream(' '.repeat(64 * 1024 ** 2))), 'expands-without-end'],
    ['213 million pages', pdf('7 0 obj\n<</Type/Pages/Count 213804087>>\nendobj'), 'too-many-pages'],
    ['no end', pdf().subarray(0, -8), 'cut-short'],
    ['a promise of more bytes than there are', Buffer.from(pdf().toString('latin1').replace('1 0 obj', '8 0 obj\n<</Linearized 1/L 99999>>\nendobj\n1 0 obj'), 'latin1'), 'cut-short'],
    ['a page of HTML before it', Buffer.concat([Buffer.from('<!doctype html><script>1</script>'), pdf()]), 'two-formats'],
    ['a page of HTML right behind its header', Buffer.from(pdf().toString('latin1').replace('\n', '\n%<script>alert(1)</script>\n'), 'latin1'), 'two-formats'],
    ['an archive after it', Buffer.concat([pdf(), sample('fixture.zip')]), 'two-formats'],
  ])('with %s is refused', async (_what, bytes, rule) => {
    expect(await inspectBytes(bytes, 'a.pdf')).toMatchObject({ kind: 'refused', rule });
  });
  it('blank lines before the header and other bytes after the end are flagged only', async () => {
    expect(await inspectBytes(Buffer.concat([Buffer.from('\n\n'), pdf()]), 'a.pdf')).toMatchObject({ kind: 'taken', flags: ['damaged'] });
    expect(await inspectBytes(Buffer.concat([pdf(), Buffer.alloc(2000, 'x')]), 'a.pdf')).toMatchObject({ kind: 'taken', flags: ['trailing-data'] });
    expect(await inspectBytes(Buffer.concat([pdf('6 0 obj\n<</Type/EmbeddedFile>>\nendobj')]), 'a.pdf')).toMatchObject({ flags: ['embedded-file'] });
  });
});

function png(width: number, height: number): Buffer {
  const bytes = Buffer.from(sample('fixture.png'));
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

describe('FAULTS 34: hostile pictures, recordings and DICOM', () => {
  const executable = Buffer.from(sample('fixture.dcm'));
  executable.write('MZ', 0, 'latin1');
  const jpeg = sample('fixture.jpg');
  it.each<[string, Buffer, string, RefusalRule]>([
    ['a PNG that declares 4 thousand million pixels', png(65_500, 65_500), 'a.png', 'too-many-pixels'],
    ['a PNG without width', png(0, 10), 'a.png', 'unreadable'],
    ['a JPEG without its end', jpeg.subarray(0, -2), 'a.jpg', 'cut-short'],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'a.jpg', 'cut-short'],
    ['a JPEG with a script after it', Buffer.concat([jpeg, Buffer.from('<script>alert(1)</script>')]), 'a.jpg', 'two-formats'],
    ['a PNG that is an archive as well', Buffer.concat([sample('fixture.png'), sample('fixture.zip')]), 'a.png', 'two-formats'],
    ['a TIFF that is an archive as well', Buffer.concat([sample('multipage.tiff'), sample('fixture.zip')]), 'a.tif', 'two-formats'],
    ['a recording that is an archive as well', Buffer.concat([sample('fixture.webm'), sample('fixture.zip')]), 'a.webm', 'two-formats'],
    ['half a voice memo', sample('fixture.m4a').subarray(0, 9_000), 'a.m4a', 'cut-short'],
    ['a DICOM file that Windows would run', executable, 'a.dcm', 'two-formats'],
    ['a page of HTML', Buffer.from('<!doctype html><script>alert(1)</script>'), 'a.pdf', 'unrecognised'],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'), 'a.svg', 'unrecognised'],
    ['noise', Buffer.alloc(5_000, 'noise'), 'a.bin', 'unrecognised'],
  ])('%s is refused', async (_what, bytes, name, rule) => {
    expect(await inspectBytes(bytes, name)).toMatchObject({ kind: 'refused', rule });
  });
  it.each<[string, Buffer, string]>([
    ['a JPEG of fill bytes', Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(150_000, 0xff), jpeg.subarray(2)]), 'a.jpg'],
    ['a JPEG of empty segments', Buffer.concat([jpeg.subarray(0, 2), Buffer.alloc(600_000, Buffer.from([0xff, 0xe1, 0, 2])), jpeg.subarray(2)]), 'a.jpg'],
    ['a PNG of empty chunks', Buffer.concat([sample('fixture.png').subarray(0, 33), Buffer.alloc(1_800_000, Buffer.from('\0\0\0\0tEXt\0\0\0\0', 'latin1')), sample('fixture.png').subarray(33)]), 'a.png'],
    ['a TIFF whose two thousand pages share one table of a hundred thousand strips', pagesOfOneTable(1_900, 100_000), 'a.tif'],
  ])('%s is work without end: refused', async (_what, bytes, name) => {
    expect(await inspectBytes(bytes, name)).toMatchObject({ kind: 'refused', rule: 'unreadable' });
  });
  it('a gain map behind a phone photograph is no reason for a flag; other bytes are', async () => {
    expect(await inspectBytes(Buffer.concat([jpeg, jpeg]), 'a.jpg')).toMatchObject({ kind: 'taken', flags: [] });
    expect(await inspectBytes(Buffer.concat([jpeg, Buffer.alloc(500, 7)]), 'a.jpg')).toMatchObject({ kind: 'taken', flags: ['trailing-data'] });
  });
  it('a TIFF whose pages form a ring ends', async () => {
    const ring = Buffer.from(sample('hopper_g4.tif'));
    const first = ring.readUInt32LE(4);
    ring.writeUInt32LE(first, first + 2 + ring.readUInt16LE(first) * 12);
    expect(await inspectBytes(ring, 'a.tif')).toMatchObject({ rule: 'unreadable' });
  });
});

describe('nothing a file holds makes the inspection throw', () => {
  const names = Object.keys(TABLE);
  it('any sample, cut anywhere and with any bytes changed, has an outcome', async () => {
    const contents = new Map(names.map((name) => [name, sample(name)]));
    const change = fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.double({ min: 0, max: 1, noNaN: true }), fc.array(change, { maxLength: 6 }), async (name, part, changes) => {
        const whole = contents.get(name) ?? Buffer.alloc(0);
        const bytes = Buffer.from(whole.subarray(0, Math.ceil(whole.length * part)));
        // Most harm is done near the start, where formats keep their sizes: the square moves changes there.
        for (const one of changes) bytes.set(one.bytes.subarray(0, Math.max(0, bytes.length - Math.floor(one.at ** 2 * bytes.length))), Math.floor(one.at ** 2 * bytes.length));
        expect(['taken', 'refused']).toContain((await inspectBytes(bytes, name)).kind);
      }),
      { numRuns: 1_500 },
    );
  });
});

it('a file of hundreds of megabytes is looked into in bounded memory', async () => {
  const head = sample('fixture-minimal.pdf');
  const size = 50 * 1024 ** 2;
  let most = 0;
  const large: ByteSource = {
    size,
    read(offset, length) {
      most = Math.max(most, length);
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - offset)), '.');
      if (offset < head.length) head.copy(bytes, 0, offset);
      return Promise.resolve(bytes);
    },
    stream: () => Readable.from([]),
  };
  expect(await inspect(large, { kind: 'invoice', fileName: 'a.pdf' })).toMatchObject({ kind: 'taken', flags: ['trailing-data'] });
  expect(most).toBeLessThan(2 * 1024 ** 2);
});
