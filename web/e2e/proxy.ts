// A wire between readers and the server that can be cut.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Wire {
  /** Where the server seems to be. */
  base: string;
  /** Ends every connection without a word. */
  cut(): void;
  close(): Promise<void>;
}

export async function wireTo(base: string): Promise<Wire> {
  const { hostname, port } = new URL(base);
  const open = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      open.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of open) socket.destroy();
  };
  const close = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    cut();
    await closed;
  };
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, cut, close };
}
