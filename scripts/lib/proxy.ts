/**
 * The user's proxy, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say (in capitals or not). What downloads goes through it;
 * connections to members, over SSH and Kafka's protocol, and to the daemon's socket never do.
 */
import { getProxyForUrl } from "proxy-from-env";
import { UserError } from "./report.ts";

/**
 * The proxy for an address; undefined where it is reached directly.
 *
 * @throws UserError when the variable holds no http or https address
 */
export function proxyFor(url: string): URL | undefined {
  const proxy = withScheme(getProxyForUrl(url), new URL(url).protocol);
  if (proxy === "") return undefined;
  const parsed = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (parsed && ["http:", "https:"].includes(parsed.protocol)) return parsed;
  // Its text may hold a password.
  const scheme = parsed ? ` (it is ${parsed.protocol}//…)` : "";
  throw new UserError(
    `the proxy for ${new URL(url).host} is no address such as http://proxy.example:3128${scheme}: set HTTPS_PROXY and ` +
      "HTTP_PROXY to one, or name the host in NO_PROXY",
  );
}

/** A proxy without a scheme speaks http, as for curl and Go: proxy-from-env takes the scheme of what is asked for. */
function withScheme(proxy: string, protocol: string): string {
  const names = [`${protocol.slice(0, -1)}_proxy`, "all_proxy"];
  const given = names.flatMap((name) => [process.env[name], process.env[name.toUpperCase()]]);
  const bare = given.find((value) => value !== undefined && value !== "" && proxy === `${protocol}//${value}`);
  return bare === undefined ? proxy : `http://${bare}`;
}

/** A proxy's address as people may see it: without user and password. */
export function shownProxy({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}

/**
 * Node.js's fetch, which knows nothing of proxies by itself, through the user's.
 *
 * @throws Error that says what went wrong, with the address, and the proxy where there is one
 */
export async function fetchThroughProxy(url: string, timeoutMs: number): Promise<Response> {
  const proxy = proxyFor(url);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    if (!proxy) return await fetch(url, { signal });
    const { fetch: fetchWith, ProxyAgent } = await import("undici");
    const response = await fetchWith(url, { signal, dispatcher: new ProxyAgent(proxy.href) });
    if (response.status === 407) throw new Error("it asks for a user and a password (407): http://USER:PASSWORD@…");
    return response;
  } catch (error) {
    throw new Error(`${url}${proxy ? `, through proxy ${shownProxy(proxy)}` : ""}: ${rootCause(error)}`);
  }
}

/** What went wrong; fetch wraps it in "fetch failed", and a proxy's refusal once more. */
function rootCause(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? rootCause(cause) : message;
}

/** The variables in both spellings, each proxy with its scheme: apt reads small letters alone, and asks for schemes. */
export function proxyVariables(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = ["http_proxy", "https_proxy", "no_proxy"];
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name] ?? environment[name.toUpperCase()];
      if (value === undefined || value === "") return [];
      return [[name, name === "no_proxy" || value.includes("://") ? value : `http://${value}`]];
    }),
  );
}

/**
 * The options of a Java program, which does not read those variables: one a line, as an argument file of `java` takes
 * them; empty without a proxy.
 */
export function javaProxyOptions(): string {
  const properties = ["http", "https"].flatMap((scheme) => {
    // The variables say for which hosts there is none; a host that they can't name is asked about.
    const proxy = proxyFor(`${scheme}://host.invalid`);
    if (!proxy) return [];
    return [
      [`${scheme}.proxyHost`, proxy.hostname],
      [`${scheme}.proxyPort`, proxy.port || (proxy.protocol === "https:" ? "443" : "80")],
      ...(proxy.username === ""
        ? []
        : [
            [`${scheme}.proxyUser`, decodeURIComponent(proxy.username)],
            [`${scheme}.proxyPassword`, decodeURIComponent(proxy.password)],
          ]),
    ];
  });
  if (properties.length === 0) return "";
  const { no_proxy: none = "" } = proxyVariables();
  const hosts = none.split(/[,\s]+/).flatMap((entry) => {
    const host = entry.replace(/:\d+$/, "");
    return host === "" ? [] : [host.startsWith(".") ? `*${host}` : host];
  });
  return [
    ...properties,
    ...(hosts.length > 0 ? [["http.nonProxyHosts", ["localhost", "127.*", ...hosts].join("|")]] : []),
    // Maven's own transport, from 3.9 on, reads the others only with it.
    ["aether.connector.http.useSystemProperties", "true"],
  ]
    .map(([name = "", value = ""]) => `"-D${name}=${value.replace(/(["\\])/g, "\\$1")}"\n`)
    .join("");
}
