import { openAsBlob } from "node:fs";
import { Readable } from "node:stream";
import { progress } from "../lib/report.ts";
import { buildImage, cachedImage } from "../setup/machineImage.ts";
import type { ImageFiles } from "../setup/machineImage.ts";
import { call, find, findDaemon, remove } from "../lib/daemon.ts";
import type { Daemon } from "../lib/daemon.ts";
import type { Owned } from "./ownership.ts";
import { runResource } from "./resource.ts";

/** Spec: `{space, deployment, key}`; the key only says that the recipe has changed. Result: `{fingerprint}`. */
runResource<Owned & { readonly key: string }>({
  // Serves for `update` too: machines of the old image go on living until each is replaced, and need it no more.
  create: async ({ space }) => {
    const daemon = await findDaemon();
    const image = (await cachedImage()) ?? (await buildImage(progress));
    const { fingerprint } = image;
    if (!(await find(daemon, `/1.0/images/${fingerprint}?project=${space}`))) await upload(daemon, space, image);
    await deleteImages(daemon, space, fingerprint);
    return { fingerprint };
  },

  delete: async ({ space }) => {
    await deleteImages(await findDaemon(), space);
  },
});

/** Deletes the images of the space, but for one. */
async function deleteImages(daemon: Daemon, space: string, kept?: string): Promise<void> {
  const images = (await find<{ fingerprint: string }[]>(daemon, `/1.0/images?recursion=1&project=${space}`)) ?? [];
  for (const { fingerprint } of images) {
    if (fingerprint !== kept) await remove(daemon, `/1.0/images/${fingerprint}?project=${space}`);
  }
}

async function upload(daemon: Daemon, space: string, image: ImageFiles): Promise<void> {
  const form = new FormData();
  form.append("metadata", await openAsBlob(image.metadata), "metadata.tar");
  form.append("rootfs", await openAsBlob(image.rootfs), "rootfs.squashfs");
  // fetch can't speak to a Unix socket; Response renders the form's parts as fetch would.
  const response = new Response(form);
  await call(daemon, "POST", `/1.0/images?project=${space}`, {
    bytes: Readable.fromWeb(response.body!),
    headers: { "content-type": response.headers.get("content-type") ?? "" },
  });
}
