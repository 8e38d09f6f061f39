import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, test } from "node:test";
import {
  fetchThroughProxy,
  javaProxyOptions,
  proxyFor,
  proxyVariables,
  shownProxy,
} from "../../../scripts/lib/proxy.ts";

const VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"].flatMap((name) => [name, name.toLowerCase()]);
const before = Object.fromEntries(VARIABLES.map((name) => [name, process.env[name]]));

function set(variables: Record<string, string>): void {
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, variables);
}
afterEach(() => {
  set(
    Object.fromEntries(Object.entries(before).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))),
  );
});

interface Listening {
  readonly port: number;
  readonly seen: string[];
  readonly close: () => void;
}

/** A proxy that opens tunnels, and notes for whom and as whom. @param refuses the status that it answers instead */
async function startProxy(refuses?: number): Promise<Listening> {
  const seen: string[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    seen.push([url, headers["proxy-authorization"]].filter(Boolean).join(" "));
    if (refuses !== undefined) return void socket.end(`HTTP/1.1 ${refuses} No\r\n\r\n`);
    const [host = "", port] = url.split(":");
    const upstream = connect(Number(port), host, () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    for (const end of [socket, upstream]) end.on("error", () => undefined);
  });
  return listening(server, seen);
}

async function startSite(): Promise<Listening> {
  const seen: string[] = [];
  const server = createServer(({ url = "" }, response) => {
    seen.push(url);
    response.end("content");
  });
  return listening(server, seen);
}

async function listening(server: ReturnType<typeof createServer>, seen: string[]): Promise<Listening> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { port: (server.address() as AddressInfo).port, seen, close };
}

test("a download goes through the proxy, with its user and password, and not where NO_PROXY names the host", async () => {
  const [proxy, site] = [await startProxy(), await startSite()];
  const url = `http://127.0.0.1:${site.port}/file`;
  try {
    set({ HTTP_PROXY: `http://user:s%40cret@127.0.0.1:${proxy.port}` });
    assert.equal(await (await fetchThroughProxy(url, 5_000)).text(), "content");
    const login = Buffer.from("user:s@cret").toString("base64");
    assert.deepEqual([proxy.seen, site.seen], [[`127.0.0.1:${site.port} Basic ${login}`], ["/file"]]);
    process.env.NO_PROXY = "127.0.0.1";
    assert.equal(await (await fetchThroughProxy(url, 5_000)).text(), "content");
    assert.equal(proxy.seen.length, 1);
  } finally {
    for (const server of [proxy, site]) server.close();
  }
});

test("a proxy that refuses, and one that is not there, are named, without their password", async () => {
  const proxy = await startProxy(403);
  try {
    const through = async (port: number): Promise<string> => {
      set({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${port}` });
      return fetchThroughProxy("https://site.example/file", 5_000).then(
        () => "it succeeded",
        ({ message }: Error) => message,
      );
    };
    const refused = await through(proxy.port);
    assert.ok(refused.startsWith(`https://site.example/file, through proxy http://127.0.0.1:${proxy.port}: `), refused);
    assert.match(refused, /403/);
    assert.doesNotMatch(refused, /secret/);
    assert.deepEqual(
      proxy.seen.map((line) => line.split(" ")[0]),
      ["site.example:443"],
    );
    proxy.close();
    assert.match(await through(proxy.port), /through proxy http:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  } finally {
    proxy.close();
  }
});

test("what is no address of a proxy is refused without showing it", () => {
  for (const value of ["socks5://user:secret@127.0.0.1:1080", "http://:secret"]) {
    set({ HTTPS_PROXY: value });
    assert.throws(
      () => proxyFor("https://site.example/"),
      ({ message }: Error) =>
        message.startsWith("the proxy for site.example is no address such as") && !message.includes("secret"),
    );
  }
  set({});
  assert.equal(proxyFor("https://site.example/"), undefined);
  assert.equal(shownProxy(new URL("http://user:secret@proxy.example:3128")), "http://proxy.example:3128");
});

test("a proxy without a scheme speaks http, whatever is asked for", () => {
  const asked = (url: string): string | undefined => proxyFor(url)?.href;
  set({ HTTPS_PROXY: "proxy.example:3128", HTTP_PROXY: "user:secret@10.0.0.1:80" });
  assert.equal(asked("https://site.example/"), "http://proxy.example:3128/");
  assert.equal(asked("http://site.example/"), "http://user:secret@10.0.0.1/");
  assert.equal(proxyVariables().https_proxy, "http://proxy.example:3128");
  set({ all_proxy: "proxy.example:3128", NO_PROXY: "inside.example" });
  assert.equal(asked("https://site.example/"), "http://proxy.example:3128/");
  assert.equal(asked("https://inside.example/"), undefined);
  set({ HTTPS_PROXY: "https://proxy.example:3128" });
  assert.equal(asked("https://site.example/"), "https://proxy.example:3128/");
});

test("apt gets the variables in small letters, Java as properties", () => {
  set({ HTTPS_PROXY: "http://user:se%22cret@proxy.example:3128", NO_PROXY: ".inside.example, host.example:8080" });
  assert.deepEqual(proxyVariables(), { https_proxy: process.env.HTTPS_PROXY, no_proxy: process.env.NO_PROXY });
  assert.equal(
    javaProxyOptions(),
    [
      '"-Dhttps.proxyHost=proxy.example"',
      '"-Dhttps.proxyPort=3128"',
      '"-Dhttps.proxyUser=user"',
      '"-Dhttps.proxyPassword=se\\"cret"',
      '"-Dhttp.nonProxyHosts=localhost|127.*|*.inside.example|host.example"',
      '"-Daether.connector.http.useSystemProperties=true"',
      "",
    ].join("\n"),
  );
  set({});
  assert.equal(javaProxyOptions(), "");
});
