import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** EC2's own interface on this computer: it takes dry runs of making an instance, and tells images' root volumes. */
export interface Ec2 {
  readonly url: string;
  /** Image of each question, in order. */
  readonly asked: string[];
  /** The questions themselves. */
  readonly forms: URLSearchParams[];
  readonly close: () => Promise<void>;
}

/** @param code the error that it answers with: `DryRunOperation` where the instance could be made */
export async function startEc2(code: string): Promise<Ec2> {
  const asked: string[] = [];
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const form = new URLSearchParams(body);
      if (form.get("Action") === "DescribeImages") {
        const image = `<item><imageId>${form.get("ImageId.1") ?? ""}</imageId><rootDeviceName>/dev/xvda</rootDeviceName></item>`;
        response.writeHead(200, { "content-type": "text/xml" });
        response.end(`<DescribeImagesResponse><imagesSet>${image}</imagesSet></DescribeImagesResponse>`);
        return;
      }
      const isRight = form.get("Action") === "RunInstances" && form.get("DryRun") === "true";
      if (isRight) forms.push(form);
      if (isRight) asked.push(`${form.get("ImageId") ?? ""} ${form.get("InstanceType") ?? ""}`);
      const answer = isRight ? code : "InvalidAction";
      const errors = `<Errors><Error><Code>${answer}</Code><Message>as the tests say</Message></Error></Errors>`;
      response.writeHead(answer === "DryRunOperation" ? 412 : 400, { "content-type": "text/xml" });
      response.end(`<?xml version="1.0"?><Response>${errors}<RequestID>1</RequestID></Response>`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    forms,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
