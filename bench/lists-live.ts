import type { Client } from 'pg';
export const listening = async (_s: Client, _u: string, _i: string, _a: string, _k: string): Promise<string> => Promise.resolve('');
