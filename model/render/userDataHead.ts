import { DEPLOY_USER } from "./machinePaths.ts";

/** What differs between the users that the deployer logs in as. */
export interface LoginUser {
  readonly gecos: string;
  readonly shell: string;
  readonly sudo?: string;
  /** Line of authorized_keys. */
  readonly key: string;
}

/** How the user data of every machine begins: its name, SSH by key alone, and the user that the deployer logs in as. */
export function userDataHead(hostname: string, { gecos, shell, sudo, key }: LoginUser): object {
  return {
    hostname,
    manage_etc_hosts: "localhost",
    locale: "C.UTF-8",
    ssh_pwauth: false,
    disable_root: true,
    ssh_genkeytypes: ["ed25519"],
    users: [
      {
        name: DEPLOY_USER,
        gecos,
        shell,
        lock_passwd: true,
        ...(sudo !== undefined && { sudo }),
        ssh_authorized_keys: [key],
      },
    ],
  };
}
