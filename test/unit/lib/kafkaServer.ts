import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import Decoder from "kafkajs/src/protocol/decoder.js";
import Encoder from "kafkajs/src/protocol/encoder.js";

/** Answers a request by its body, given the id of the broker that is asked. */
export type Answer = (body: Decoder, brokerId: number) => Encoder;

/** Brokers on loopback that say who they are and answer requests as the test says. */
export class KafkaServer {
  /** `host:port` of each broker. */
  readonly addresses: string[] = [];
  /** Which requests came, as `API at broker`. */
  readonly received: string[] = [];
  /** The controller's id. */
  controller = 1;
  readonly #answers: ReadonlyMap<number, Answer>;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  private constructor(answers: ReadonlyMap<number, Answer>) {
    this.#answers = answers;
  }

  /** @param answers by the key of the API */
  static async start(count: number, answers: ReadonlyMap<number, Answer>): Promise<KafkaServer> {
    const kafka = new KafkaServer(answers);
    for (let id = 1; id <= count; id += 1) {
      const server = createServer((socket) => {
        kafka.#sockets.add(socket);
        kafka.#serve(socket, id);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      kafka.#servers.push(server);
      kafka.addresses.push(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    }
    return kafka;
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of this.#servers) server.close();
  }

  #serve(socket: Socket, id: number): void {
    let buffered = Buffer.alloc(0);
    socket.on("error", () => undefined);
    socket.on("data", (chunk: Buffer) => {
      buffered = Buffer.concat([buffered, chunk]);
      while (buffered.length >= 4 && buffered.length >= 4 + buffered.readInt32BE(0)) {
        const end = 4 + buffered.readInt32BE(0);
        const request = new Decoder(buffered.subarray(4, end));
        buffered = buffered.subarray(end);
        const apiKey = request.readInt16();
        const apiVersion = request.readInt16();
        const correlationId = request.readInt32();
        request.readString(); // client id
        const response = new Encoder()
          .writeInt32(correlationId)
          .writeEncoder(this.#respond(apiKey, apiVersion, request, id));
        this.received.push(`${apiKey}v${apiVersion} at ${id}`);
        socket.write(new Encoder().writeInt32(response.buffer.length).writeEncoder(response).buffer);
      }
    });
  }

  #respond(apiKey: number, apiVersion: number, body: Decoder, id: number): Encoder {
    if (apiKey === 18) return this.#apiVersions();
    const answer = this.#answers.get(apiKey);
    if (answer) return answer(body, id);
    if (apiKey === 3) return this.#metadata(apiVersion);
    throw new Error(`no answer for API ${apiKey}`);
  }

  /** ApiVersions v0 to v2: Metadata v1 for kafkajs itself, and v0 and v1 of the test's. */
  #apiVersions(): Encoder {
    const api = (key: number, from: number, to: number) =>
      new Encoder().writeInt16(key).writeInt16(from).writeInt16(to);
    const ofTest = [...this.#answers.keys()].filter((key) => key !== 3).map((key) => api(key, 0, 1));
    return new Encoder()
      .writeInt16(0)
      .writeArray([api(18, 2, 2), api(3, 1, 1), ...ofTest])
      .writeInt32(0);
  }

  /** Metadata v1, or v5 without topics. */
  #metadata(version: number): Encoder {
    const brokers = this.addresses.map((address, index) => {
      const [host = "", port = ""] = address.split(":");
      return new Encoder()
        .writeInt32(index + 1)
        .writeString(host)
        .writeInt32(Number(port))
        .writeString(null);
    });
    const response = new Encoder();
    if (version === 5) response.writeInt32(0); // throttle_time_ms
    response.writeArray(brokers);
    if (version === 5) response.writeString(null); // cluster_id
    return response.writeInt32(this.controller).writeArray([]);
  }
}
