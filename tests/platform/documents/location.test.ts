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
const segment = (marker: number, ...parts: Array<string | Buffer>): Buffer => {
  const inside = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(inside.length + 2, 2);
  return Buffer.concat([head, inside]);
};
const jpeg = (...parts: Buffer[]): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8]), ...parts, segment(0xda, ''), Buffer.from('the picture')]);
const POSITION = exif().subarray(44);
const XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><exif:GPSLatitude>31,13.8N</exif:GPSLatitude></x:xmpmeta>';

describe('issue 5 part 6: location is removed from what is shown', () => {
  it('a photograph of a phone: the position is gone, everything else and the length stay', async () => {
    const photo = sample('exif_gps.jpg');
    const after = await shown(photo, 'image/jpeg');
    expect(after.length).toBe(photo.length);
    expect(after.equals(photo)).toBe(false);
    const scan = photo.lastIndexOf(Buffer.from([0xff, 0xda]));
    expect(after.subarray(scan).equals(photo.subarray(scan))).toBe(true);
  });

  it('EXIF, XMP, and IPTC in a block of Photoshop', async () => {
    const photo = jpeg(segment(0xe1, 'Exif\0\0', exif()), segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', XMP), segment(0xed, 'Photoshop 3.0\0', '8BIM\x04\x04\0\0\0\0\0\x08Shanghai'), segment(0xfe, 'taken in the ward'));
    expect(photo.includes(POSITION)).toBe(true);
    const after = await shown(photo, 'image/jpeg');
    expect(after.includes(POSITION)).toBe(false);
    expect(after.toString('latin1')).not.toMatch(/GPS|Shanghai/);
    expect(after.toString('latin1')).toMatch(/taken in the ward.*the picture$/s);
  });

  it('what is drawn is never touched: a reader is shown the picture that the evidence pack holds', async () => {
    const markers = ['<x:xmpmeta', 'Exif\0\0II*\0', '8BIM\x04\x04\0\0\0\0\xff\xff', '+31.2304+121.4737/'].map((text) => Buffer.from(text, 'latin1'));
    const hostile = jpeg(segment(0xfe, ...markers), Buffer.concat(markers), segment(0xfe, '</x:xmpmeta>'), Buffer.concat(markers));
    expect(await locationsIn(sourceOf(hostile), 'image/jpeg')).toEqual([]);
    // A position that points out of its segment, or into the directory that says how the picture stands.
    for (const at of [4, 12, 100_000, 0xffffffff]) {
      const tiff = exif();
      tiff.writeUInt32LE(at, 18);
      const places = await locationsIn(sourceOf(jpeg(segment(0xe1, 'Exif\0\0', tiff))), 'image/jpeg');
      expect(places.every((place) => place.at >= 12 + 22 && place.at + place.length <= 12 + tiff.length)).toBe(true);
    }
  });

  it('however many marks a file has, little is kept of it', async () => {
    const many = jpeg(...Array.from({ length: 20_000 }, () => segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', '<x:xmpmeta')));
    expect((await locationsIn(sourceOf(many), 'image/jpeg')).length).toBeLessThanOrEqual(64);
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
    const table = box('trak', Buffer.from('\0\0\0\x20loci\0\0\0\0+31.2304+121.4737/', 'latin1'));
    const film = Buffer.concat([box('ftyp', Buffer.from('isom')), box('mdat', Buffer.from('+31.2304+121.4737/ in the pictures')), box('moov', Buffer.concat([
      box('udta', Buffer.concat([box('\xa9xyz', Buffer.from('\0\x1a\x15\xc7+31.2304+121.4737+004.000/', 'latin1')), box('loci', Buffer.from('\0\0\0\0\x55\xc4Home\0\0\0\x1f\x3a\xfb', 'latin1'))])), table,
    ]))]);
    const after = await shown(film, 'video/mp4');
    expect(after.subarray(film.indexOf('udta'), film.indexOf('trak')).toString('latin1')).not.toMatch(/31\.2304|121\.4737|Home/);
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
    const seeds = ['exif_gps.jpg', 'exif.png', 'fixture-imovie.mp4'].map((name) => sample(name).subarray(0, 20_000));
    const types = ['image/jpeg', 'image/png', 'video/mp4'];
    await fc.assert(fc.asyncProperty(fc.nat(2), fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { maxLength: 40 }), async (which, changes) => {
      const bytes = Buffer.from(seeds[which]!);
      for (const [at, value] of changes) bytes[at] = value;
      for (const { at, length } of await locationsIn(sourceOf(bytes), types[which]!)) expect([at >= 0, length > 0, at + length <= bytes.length]).toEqual([true, true, true]);
    }), { numRuns: 200 });
  });
});
