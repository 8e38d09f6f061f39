import { connect as connectTls, type TLSSocket } from "node:tls";
import type { ClientTls } from "../../model/reach.ts";
import { TLS_PORTS } from "../../model/render/machinePaths.ts";
import { type ClientSocket, type Endpoint, LazySocket, type OpenSocket } from "./sockets.ts";

/**
 * Speaks TLS over connections to the ports that begin with it, and leaves the others as they are. The other side has to show
 * a certificate of one of the authorities for the address or name that was asked for.
 *
 * @param tls absent: nothing is changed
 */
export function secureSockets(openSocket: OpenSocket, tls: ClientTls | undefined): OpenSocket {
  if (!tls) return openSocket;
  return (to) => (TLS_PORTS.includes(to.port) ? new LazySocket(handshake(openSocket(to), to, tls)) : openSocket(to));
}

/** @throws Error that says which side has refused, as far as the other one tells */
function handshake(carrier: ClientSocket, to: Endpoint, tls: ClientTls): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({
      socket: carrier,
      host: to.host,
      ca: tls.authorities,
      // As Java does: who trusts an authority asks nobody above it.
      allowPartialTrustChain: true,
      // Whatever the environment says (NODE_TLS_REJECT_UNAUTHORIZED).
      rejectUnauthorized: true,
      ...(tls.certificate !== undefined && { cert: tls.certificate }),
      ...(tls.key !== undefined && { key: tls.key }),
    });
    const fail = (error: Error): void => {
      socket.destroy(error);
      carrier.destroy();
      reject(error);
    };
    // Before the handshake nobody else listens; after it the socket says what happens to its carrier.
    carrier.on("error", fail);
    socket
      .once("secureConnect", () => {
        resolve(socket);
      })
      .on("error", fail)
      .once("close", () => {
        carrier.destroy();
        // The carrier's own error, such as a refused connection, comes after this and says more.
        setImmediate(reject, new Error(`${to.host}:${to.port} has ended the TLS handshake`));
      });
  });
}
