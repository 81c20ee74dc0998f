// A server that takes webhooks, and checks their signatures by itself.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface Delivery {
  id: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Receiver {
  url: string;
  deliveries: Delivery[];
  /** What it answers from now on. */
  answerWith(status: number): void;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  let status = 204;
  const server = createServer((asked, answer) => {
    let body = "";
    asked.setEncoding("utf8");
    asked.on("data", (part: string) => {
      body += part;
    });
    asked.on("end", () => {
      deliveries.push({ id: String(asked.headers["webhook-id"]), headers: asked.headers, body });
      answer.writeHead(status).end(status === 204 ? undefined : "the receiver is not well");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    answerWith: (next) => {
      status = next;
    },
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Returns whether one of a delivery's signatures was made with a secret (Standard Webhooks). */
export function signedWith({ id, headers, body }: Delivery, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const wanted = `v1,${createHmac("sha256", key).update(`${id}.${String(headers["webhook-timestamp"])}.${body}`).digest("base64")}`;
  return String(headers["webhook-signature"]).split(" ").includes(wanted);
}
