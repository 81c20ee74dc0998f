import type { StreamMessage, StreamRequest } from "../../api/types";
import type { ConnectionState } from "../live/connection";
import { backoffMs } from "./backoff";
import { Channel } from "./channel";
import { nextFrame } from "./frame";
import { pollChannel, type HistoryReader } from "./poll";
import type { StreamFilter, StreamHandlers, Subscription } from "./types";

/** The part of a WebSocket that is used; tests pass their own. */
export interface SocketLike {
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface StreamClientOptions {
  open(): SocketLike;
  history: HistoryReader;
  onState(state: ConnectionState): void;
  /** When events are handed over; the next frame of the screen unless told. */
  schedule?(run: () => void): void;
  random?(): number;
  /** How often to ask while no socket opens, in milliseconds; 2 s unless told. */
  pollMs?(): number;
}

const ACK_EVENTS = 1000;
const ACK_MS = 1000;
const POLL_MS = 2000;
const REFUSED_AGAIN_MS = 2000;
/** So many attempts in a row must fail before asking takes the stream's place. */
const POLL_AFTER_FAILURES = 3;

/** Many subscriptions over one socket; resumes each from its last position, and asks now and then when no socket opens. */
export class StreamClient {
  private readonly channels = new Map<string, Channel>();
  private socket: SocketLike | null = null;
  private open = false;
  private paused = false;
  private failures = 0;
  private counter = 0;
  private flushing = false;
  private reconnectTimer: ReturnType<typeof setTimeout> | undefined;
  private ackTimer: ReturnType<typeof setTimeout> | undefined;
  private pollTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly options: StreamClientOptions) {}

  subscribe(filter: StreamFilter, handlers: StreamHandlers): Subscription {
    this.counter += 1;
    const channel = new Channel(`s${this.counter}`, filter, handlers);
    this.channels.set(channel.id, channel);
    if (this.open) this.send(channel.request());
    else this.connect();
    return {
      position: () => channel.delivered,
      close: () => {
        if (this.channels.delete(channel.id) && this.open) this.send({ type: "unsubscribe", id: channel.id });
      },
    };
  }

  /** Ends the connection until told otherwise; subscriptions stay. */
  pause(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    if (paused) {
      this.drop();
      this.options.onState("idle");
    } else if (this.channels.size > 0) {
      this.connect();
    }
  }

  reconnectNow(): void {
    if (this.open || this.paused) return;
    this.drop();
    this.connect();
  }

  private connect(): void {
    if (this.socket !== null || this.paused || this.reconnectTimer !== undefined) return;
    if (this.failures === 0) this.options.onState("connecting");
    const socket = this.options.open();
    this.socket = socket;
    socket.onopen = () => this.onOpen();
    socket.onmessage = (event) => this.onMessage(event);
    socket.onclose = () => this.onClose();
  }

  private onOpen(): void {
    this.open = true;
    this.failures = 0;
    clearTimeout(this.pollTimer);
    this.pollTimer = undefined;
    this.options.onState("live");
    for (const channel of this.channels.values()) this.send(channel.request());
  }

  private onMessage(event: MessageEvent): void {
    const message = JSON.parse(String(event.data)) as StreamMessage;
    const channel = message.id ? this.channels.get(message.id) : undefined;
    if (channel === undefined) return;
    switch (message.type) {
      case "subscribed":
        channel.opened(message.sequence);
        break;
      case "events":
        if (channel.take(message.events)) this.scheduleFlush();
        break;
      case "error":
        if (message.problem.retryable) this.resubscribe(channel);
        else channel.handlers.refused?.(message.problem);
        break;
    }
  }

  private resubscribe(channel: Channel): void {
    setTimeout(() => {
      if (this.open && this.channels.has(channel.id)) this.send(channel.request());
    }, REFUSED_AGAIN_MS);
  }

  private onClose(): void {
    this.socket = null;
    this.open = false;
    clearTimeout(this.ackTimer);
    this.ackTimer = undefined;
    if (this.paused) return;
    if (this.pollTimer === undefined) this.options.onState("lost");
    const delay = backoffMs(this.failures, this.options.random ?? Math.random);
    this.failures += 1;
    this.reconnectTimer = setTimeout(() => {
      this.reconnectTimer = undefined;
      this.connect();
    }, delay);
    if (this.failures >= POLL_AFTER_FAILURES && this.pollTimer === undefined) this.poll();
  }

  private drop(): void {
    clearTimeout(this.reconnectTimer);
    this.reconnectTimer = undefined;
    clearTimeout(this.pollTimer);
    this.pollTimer = undefined;
    const socket = this.socket;
    this.socket = null;
    this.open = false;
    if (socket === null) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }

  private poll(): void {
    this.pollTimer = setTimeout(() => {
      void this.pollAll().then((answered) => {
        if (this.open || this.paused) return;
        this.options.onState(answered ? "polling" : "lost");
        this.poll();
      });
    }, this.options.pollMs?.() ?? POLL_MS);
  }

  private async pollAll(): Promise<boolean> {
    const answers = await Promise.all(
      [...this.channels.values()].map((channel) => pollChannel(channel, this.options.history)),
    );
    if (answers.some((answer) => answer === "events")) this.scheduleFlush();
    return answers.every((answer) => answer !== "failed");
  }

  private scheduleFlush(): void {
    if (this.flushing) return;
    this.flushing = true;
    (this.options.schedule ?? nextFrame)(() => {
      this.flushing = false;
      for (const channel of this.channels.values()) channel.flush();
      this.acknowledge(ACK_EVENTS);
      if (this.open && this.ackTimer === undefined) {
        this.ackTimer = setTimeout(() => {
          this.ackTimer = undefined;
          this.acknowledge(1);
        }, ACK_MS);
      }
    });
  }

  private acknowledge(atLeast: number): void {
    if (!this.open) return;
    for (const channel of this.channels.values()) {
      if (channel.unacknowledged < atLeast) continue;
      const message = channel.acknowledge();
      if (message !== null) this.send(message);
    }
  }

  private send(message: StreamRequest): void {
    this.socket?.send(JSON.stringify(message));
  }
}

