import type { paths } from "../../api/schema";
import type { StreamFilter, StreamHandlers, Subscription } from "../stream/types";

export type Method = "get" | "post" | "delete";

/** The paths of the server's document that know a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, { responses: object }> ? P : never;
}[keyof paths];

type OperationOf<M extends Method, P extends PathOf<M>> = paths[P] extends Record<M, infer O> ? O : never;
type PathPart<O> = O extends { parameters: { path: infer V extends object } } ? { path: V } : unknown;
type QueryPart<O> = O extends { parameters: { query?: infer V } } ? { query?: V } : unknown;
type Json<V> = { content: { "application/json": V } };
type BodyPart<O> = O extends { requestBody?: undefined }
  ? unknown
  : O extends { requestBody: Json<infer V> }
    ? { body: V }
    : O extends { requestBody?: Json<infer V> }
      ? { body?: V }
      : unknown;

/** What a request needs, by the server's document. */
export type RequestParts<M extends Method, P extends PathOf<M>> = PathPart<OperationOf<M, P>> &
  QueryPart<OperationOf<M, P>> &
  BodyPart<OperationOf<M, P>> & { signal?: AbortSignal };

type Answers<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201 | 202)] : never;

/** What comes back: the `data` of the reply. */
export type DataOf<M extends Method, P extends PathOf<M>> =
  Answers<OperationOf<M, P>> extends { content: { "application/json": { data: infer D } } } ? D : undefined;

/** The server as the page sees it: over HTTP and a WebSocket here, over the shell's commands in a window. */
export interface Backend {
  /** Resolves to the reply's data; rejects with a `RequestError`. */
  request<M extends Method, P extends PathOf<M>>(
    method: M,
    path: P,
    parts: RequestParts<M, P>,
  ): Promise<DataOf<M, P>>;
  /** Opens a stream of events; it outlives lost connections and ends with `close`. */
  subscribe(filter: StreamFilter, handlers: StreamHandlers): Subscription;
}
