export interface SignInSearch {
  /** Where to go afterwards: a path of this page. */
  to?: string | undefined;
}

export function validateSignInSearch(search: Record<string, unknown>): SignInSearch {
  const { to } = search;
  return typeof to === "string" && isOwnPath(to) ? { to } : {};
}

/** Only paths: `//elsewhere` and full addresses would lead away. */
export function isOwnPath(path: string): boolean {
  return /^\/(?![/\\])/.test(path);
}
