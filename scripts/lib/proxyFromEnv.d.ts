/** proxy-from-env 2.1.0 does not declare its types. */
declare module "proxy-from-env" {
  /** The proxy for an address, by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY; empty for none. */
  export function getProxyForUrl(url: string): string;
}
