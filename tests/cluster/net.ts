import { execFile } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A machine of the network: its address, and the command that runs its arguments there. */
export interface Machine { name: string; ip: string; within: readonly string[] }

/** Several machines on one: a network namespace each, all on one bridge, on which this process is the gateway. Needs root and iproute2. */
export interface Net {
  gateway: string;
  machine(name: string): Promise<Machine>;
  /** Pulls its cable, or puts it back. */
  cable(machine: Machine, plugged: boolean): Promise<void>;
  /** May be called twice. */
  close(): Promise<void>;
}

/** Makes the bridge. Names and the subnet follow from the process's number, so that two runs do not meet. */
export async function openNet(): Promise<Net> {
  const id = process.pid % 10_000;
  const subnet = `10.${100 + (id % 100)}.${Math.floor(id / 100)}`;
  const bridge = `kpbr${id}`;
  const machines: Machine[] = [];
  const cableOf = (machine: Machine): string => `kpv${id}-${machine.ip.split('.')[3]}`;
  const ip = (...args: string[]): Promise<unknown> => run('ip', args);
  await ip('link', 'add', bridge, 'type', 'bridge');
  await ip('addr', 'add', `${subnet}.1/24`, 'dev', bridge);
  await ip('link', 'set', bridge, 'up');
  return {
    gateway: `${subnet}.1`,
    async machine(name) {
      const namespace = `kuaipei-${id}-${name}`;
      const machine: Machine = { name, ip: `${subnet}.${10 + machines.length}`, within: ['ip', 'netns', 'exec', namespace] };
      machines.push(machine);
      await ip('netns', 'add', namespace);
      await ip('link', 'add', cableOf(machine), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace);
      await ip('link', 'set', cableOf(machine), 'master', bridge, 'up');
      await ip('-n', namespace, 'addr', 'add', `${machine.ip}/24`, 'dev', 'eth0');
      await ip('-n', namespace, 'link', 'set', 'lo', 'up');
      await ip('-n', namespace, 'link', 'set', 'eth0', 'up');
      await ip('-n', namespace, 'route', 'add', 'default', 'via', `${subnet}.1`);
      return machine;
    },
    async cable(machine, plugged) { await ip('link', 'set', cableOf(machine), plugged ? 'up' : 'down'); },
    async close() {
      for (const machine of machines.splice(0)) await ip('netns', 'del', machine.within[3]!).catch(() => undefined);
      await ip('link', 'del', bridge).catch(() => undefined);
    },
  };
}

export interface Relay { port: number; /** Connections handed to each target, by its number. */ served: number[]; close(): Promise<void> }

/** Hands each connection on to the next of the targets that takes it, as a balancer before several machines does. */
export async function relay(host: string, targets: () => ReadonlyArray<{ host: string; port: number }>): Promise<Relay> {
  const open = new Set<Socket>();
  const served: number[] = [];
  let turn = 0;
  const server = createServer((from) => {
    open.add(from);
    from.on('close', () => open.delete(from)).on('error', () => undefined);
    const all = targets();
    turn += 1;
    const attempt = (n: number): void => {
      const index = (turn + n) % all.length;
      const target = all[index];
      if (target === undefined || n >= all.length) { from.destroy(); return; }
      // A machine without a cable does not say no.
      const to = connect({ ...target, timeout: 1_000 });
      to.once('timeout', () => { to.destroy(new Error('no answer')); });
      to.once('error', () => { attempt(n + 1); });
      to.once('connect', () => {
        served[index] = (served[index] ?? 0) + 1;
        to.setTimeout(0).removeAllListeners('error').on('error', () => undefined).on('close', () => from.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to).pipe(from);
      });
    };
    attempt(0);
  });
  await new Promise<void>((resolve) => { server.listen(0, host, resolve); });
  return {
    port: (server.address() as { port: number }).port, served,
    async close() {
      for (const one of open) one.destroy();
      await new Promise<void>((resolve) => { server.close(() => { resolve(); }); });
    },
  };
}
