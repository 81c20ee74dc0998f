// A proxy of the kind that knows no WebSockets: requests pass, upgrades are refused until told otherwise.
import { createServer, request, type IncomingMessage } from "node:http";
import { connect, type AddressInfo, type Socket } from "node:net";

export interface Proxy {
  /** Where the server seems to be. */
  base: string;
  /** Lets streams through, or ends and refuses them. */
  allow(streams: boolean): void;
  /** Lets requests through, or ends their connections without an answer. */
  answer(requests: boolean): void;
  close(): Promise<void>;
}

export async function proxyTo(base: string): Promise<Proxy> {
  const { hostname, port } = new URL(base);
  const streams = new Set<Socket>();
  let [streaming, answering] = [false, true];
  const server = createServer((asked, answer) => {
    if (!answering) return void asked.socket.destroy();
    const far = request({ hostname, port, method: asked.method, path: asked.url, headers: asked.headers }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(answer);
    });
    far.on("error", () => answer.destroy());
    asked.pipe(far);
  });
  server.on("upgrade", (asked: IncomingMessage, near: Socket, head: Buffer) => {
    near.on("error", () => near.destroy());
    if (!streaming || !answering) return void near.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    const far = connect(Number(port), hostname, () => {
      const lines = [`GET ${asked.url} HTTP/1.1`];
      for (let index = 0; index < asked.rawHeaders.length; index += 2) lines.push(`${asked.rawHeaders[index]}: ${asked.rawHeaders[index + 1]}`);
      far.write(`${lines.join("\r\n")}\r\n\r\n`);
      far.write(head);
      far.pipe(near);
      near.pipe(far);
    });
    for (const [one, other] of [[near, far], [far, near]] as const) {
      streams.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        streams.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const cut = (): void => {
    for (const socket of streams) socket.destroy();
  };
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    allow: (streams) => {
      streaming = streams;
      if (!streams) cut();
    },
    answer: (requests) => {
      answering = requests;
      if (requests) return;
      cut();
      server.closeAllConnections();
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      cut();
      server.closeAllConnections();
      await closed;
    },
  };
}
