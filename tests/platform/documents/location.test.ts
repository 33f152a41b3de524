import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import type { ByteSource } from '../../../src/platform/documents/byte-source';
import { locationsIn, without } from '../../../src/platform/documents/location';

const sample = (name: string): Buffer => readFileSync(join(__dirname, '../../../dev/samples/files', name));
const sourceOf = (bytes: Buffer): ByteSource => ({ size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length), stream: () => Readable.from([bytes]) });
const shown = async (bytes: Buffer, mediaType: string): Promise<Buffer> => buffer(Readable.from([bytes], { objectMode: false }).pipe(without(await locationsIn(sourceOf(bytes), mediaType), 0)));

/** Latitude 31° 13' 49", as a phone writes it into EXIF: six numbers. */
const exif = (): Buffer => {
  const tiff = Buffer.alloc(8 + 2 + 12 + 4 + 2 + 12 + 4 + 24);
  tiff.write('II*\0', 0, 'latin1');
  tiff.writeUInt32LE(8, 4);
  tiff.writeUInt16LE(1, 8);
  tiff.writeUInt16LE(0x8825, 10); tiff.writeUInt16LE(4, 12); tiff.writeUInt32LE(1, 14); tiff.writeUInt32LE(26, 18);
  tiff.writeUInt16LE(1, 26);
  tiff.writeUInt16LE(2, 28); tiff.writeUInt16LE(5, 30); tiff.writeUInt32LE(3, 32); tiff.writeUInt32LE(44, 36);
  for (const [n, value] of [31, 1, 13, 1, 49, 1].entries()) tiff.writeUInt32LE(value, 44 + n * 4);
  return tiff;
};
const POSITION = exif().subarray(44);
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>31,13.8N</exif:GPSLatitude></x:xmpmeta>';

describe('issue 5 part 6: location is removed from what is shown', () => {
  it('a photograph of a phone: the position is gone, everything else and the length stay', async () => {
    const photo = sample('exif_gps.jpg');
    const after = await shown(photo, 'image/jpeg');
    expect(after.length).toBe(photo.length);
    expect(after.equals(photo)).toBe(false);
    // Nothing is left to find, and the picture itself was not touched.
    expect((await locationsIn(sourceOf(after), 'image/jpeg')).every(({ at, bytes }) => after.subarray(at, at + bytes.length).equals(bytes))).toBe(true);
    const scan = photo.lastIndexOf(Buffer.from([0xff, 0xda]));
    expect(after.subarray(scan).equals(photo.subarray(scan))).toBe(true);
  });

  it.each<[string, string, (inside: Buffer) => Buffer]>([
    ['JPEG', 'image/jpeg', (inside) => Buffer.concat([Buffer.from('\xff\xd8\xff\xe1\0\0Exif\0\0', 'latin1'), inside, Buffer.from('\xff\xda', 'latin1')])],
    ['HEIC, far behind its head', 'image/heic', (inside) => Buffer.concat([Buffer.alloc(3_000_000, 1), Buffer.from('\0\0\0\x06Exif\0\0', 'latin1'), inside])],
    ['TIFF', 'image/tiff', (inside) => inside],
  ])('%s', async (_name, mediaType, around) => {
    const bytes = around(exif());
    expect(bytes.includes(POSITION)).toBe(true);
    expect((await shown(bytes, mediaType)).includes(POSITION)).toBe(false);
  });

  it('XMP, and IPTC in a block of Photoshop', async () => {
    const iptc = Buffer.from('8BIM\x04\x04\0\0\0\0\0\x08Shanghai', 'latin1');
    const after = (await shown(Buffer.concat([Buffer.from('\xff\xd8', 'latin1'), Buffer.from(XMP), iptc, Buffer.from('the picture')]), 'image/jpeg')).toString('latin1');
    expect(after).not.toMatch(/GPS|Shanghai/);
    expect(after).toMatch(/the picture$/);
  });

  it('PNG: the chunk is empty, and its check sum fits', async () => {
    const chunk = (type: string, data: Buffer): Buffer => {
      const inside = Buffer.concat([Buffer.from(type), data]);
      const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
      length.writeUInt32BE(data.length);
      sum.writeUInt32BE(crc32(inside));
      return Buffer.concat([length, inside, sum]);
    };
    const last = chunk('IEND', Buffer.alloc(0));
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('eXIf', exif()), chunk('iTXt', Buffer.from(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`)), chunk('tEXt', Buffer.from('Title\0ward')), last]);
    const after = await shown(png, 'image/png');
    expect(after.includes(POSITION) || after.includes('GPS')).toBe(false);
    expect(after.includes('Title\0ward')).toBe(true);
    for (let at = 8; at < after.length; at += 12 + after.readUInt32BE(at)) {
      const end = at + 8 + after.readUInt32BE(at);
      expect(after.readUInt32BE(end)).toBe(crc32(after.subarray(at + 4, end)));
    }
    expect((await shown(sample('exif.png'), 'image/png')).length).toBe(sample('exif.png').length);
  });

  it('a recording: in words and in the box of 3GPP; a table of samples that looks alike stays', async () => {
    const box = (type: string, data: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(8 + data.length);
      return Buffer.concat([length, Buffer.from(type, 'latin1'), data]);
    };
    const table = box('stsz', Buffer.from('\0\0\0\0loci\x7f\xff\xff\xff', 'latin1'));
    const film = Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.from('+31.2304+121.4737/ in the pictures')), box('moov', Buffer.concat([
      box('udta', Buffer.concat([box('\xa9xyz', Buffer.from('\0\x1a\x15\xc7+31.2304+121.4737+004.000/', 'latin1')), box('loci', Buffer.from('\0\0\0\0\x55\xc4Home\0\0\0\x1f\x3a\xfb', 'latin1'))])), table,
    ]))]);
    const after = await shown(film, 'video/mp4');
    expect(after.subarray(film.indexOf('moov')).toString('latin1')).not.toMatch(/31\.2304|121\.4737|Home/);
    expect(after.includes('+00.0000+000.0000+000.000/')).toBe(true);
    expect(after.includes(table)).toBe(true);
    expect(after.includes('+31.2304+121.4737/ in the pictures')).toBe(true);
    expect(await locationsIn(sourceOf(sample('fixture-imovie.mp4')), 'video/mp4')).toEqual(expect.any(Array));
  });

  it('every range is the same part of the same content, however it is cut', async () => {
    const photo = sample('exif_gps.jpg');
    const patches = await locationsIn(sourceOf(photo), 'image/jpeg');
    const whole = await shown(photo, 'image/jpeg');
    await fc.assert(fc.asyncProperty(fc.nat(photo.length - 1), fc.integer({ min: 1, max: photo.length }), fc.integer({ min: 1, max: 4_000 }), async (start, length, step) => {
      const part = photo.subarray(start, start + length);
      const pieces = Array.from({ length: Math.ceil(part.length / step) }, (_, n) => part.subarray(n * step, (n + 1) * step));
      expect((await buffer(Readable.from(pieces, { objectMode: false }).pipe(without(patches, start)))).equals(whole.subarray(start, start + length))).toBe(true);
    }), { numRuns: 50 });
  });

  it('whatever the bytes are, it ends, stays inside the file and keeps the length', async () => {
    const seeds = ['exif_gps.jpg', 'exif.png', 'fixture-imovie.mp4', 'multipage.tiff'].map((name) => sample(name).subarray(0, 20_000));
    const types = ['image/jpeg', 'image/png', 'video/mp4', 'image/tiff'];
    await fc.assert(fc.asyncProperty(fc.nat(3), fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 40 }), async (which, changes) => {
      const bytes = Buffer.from(seeds[which]!);
      for (const [at, value] of changes) bytes[at] = value;
      for (const { at, bytes: blank } of await locationsIn(sourceOf(bytes), types[which]!)) expect([at >= 0, at + blank.length <= bytes.length]).toEqual([true, true]);
    }), { numRuns: 200 });
  });
});
