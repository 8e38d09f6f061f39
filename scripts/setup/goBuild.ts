import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { exec } from "../lib/exec.ts";
import { UserError } from "../lib/report.ts";

/** A program from a Go module, pinned by a go.mod and go.sum that stand in a folder of ours. */
export interface GoProgram {
  /** Folder of go.mod and go.sum. */
  readonly folder: string;
  /** Import path of its main package. */
  readonly importPath: string;
  /** Values that the linker sets: variable to value. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Builds a program, the modules coming from the module proxy that the user's Go is set to, and checked against go.sum.
 *
 * @param output the executable; appears whole or not at all
 * @throws UserError when Go is missing or too old, or the build fails
 */
export async function buildGo(program: GoProgram, output: string): Promise<void> {
  const needed = /^go (\S+)$/m.exec(await readFile(join(program.folder, "go.mod"), "utf8"))?.[1] ?? "";
  const remedy =
    `install Go ${needed} or newer (https://go.dev/doc/install) and put its bin folder on PATH, ` +
    "or let this computer reach get.pulumi.com and github.com, where they come ready made";
  const version = await exec("go", ["env", "GOVERSION"]).catch(() => undefined);
  if (version?.code !== 0) throw new UserError(`Go is missing, needed to build ${program.importPath}: ${remedy}`);

  // A copy: a build must never write into the project.
  const work = await mkdtemp(join(tmpdir(), "kafka-cluster-go-"));
  const partial = `${output}.${process.pid}`;
  try {
    await Promise.all(["go.mod", "go.sum"].map((file) => copyFile(join(program.folder, file), join(work, file))));
    await mkdir(dirname(output), { recursive: true });
    const variables = Object.entries(program.variables).map(([name, value]) => ` -X ${name}=${value}`);
    const built = await exec(
      "go",
      [
        "build",
        "-mod=readonly",
        "-buildvcs=false",
        `-ldflags=-s -w${variables.join("")}`,
        "-o",
        partial,
        program.importPath,
      ],
      { cwd: work },
    );
    if (built.code !== 0) {
      const end = built.stderr.trim().split("\n").slice(-10).join("\n");
      throw new UserError(
        `could not build ${program.importPath} with ${version.stdout.trim()}: ${end}\nRemedy: ${remedy}`,
      );
    }
    await rename(partial, output);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(partial, { force: true });
  }
}
