import { SYSCTL_SETTINGS } from "./machinePaths.ts";

/**
 * Renders kernel parameters for a machine that has a kernel of its own. (Open files: systemdUnit.ts.)
 *
 * - `vm.max_map_count`: a log segment takes two map areas, and a broker that runs out of them ends with "Map failed"
 *   (Kafka documentation, "OS level tuning"). Linux allows 65530; four times that is room for 131072 segments.
 * - `vm.swappiness`: as little as can be without switching swap off: page cache is what Kafka lives on (Cloudera, "Kafka
 *   Performance: System-Level Broker Tuning", "Virtual Memory Handling").
 * - `vm.dirty_background_ratio`, `vm.dirty_ratio`: written back early, writers stopped late; what is lost with a machine is
 *   on its replicas (Kafka: The Definitive Guide, "OS Tuning": 5, and 60 to 80).
 * - `net.core.rmem_max`, `net.core.wmem_max`: how large a socket's buffers may be asked for (socket.receive.buffer.bytes),
 *   in bytes. Kafka's "OS level tuning" wants it raised for transfers between data centers; 2 MiB: The Definitive Guide.
 */
export function renderSysctl(): string {
  return `vm.max_map_count = 262144
vm.swappiness = 1
vm.dirty_background_ratio = 5
vm.dirty_ratio = 60
net.core.rmem_max = 2097152
net.core.wmem_max = 2097152
`;
}

/**
 * Renders a time source for chrony: the platform's own server over all others, asked every 16 s.
 * Source: Amazon EC2 user guide, "Set the time reference on your EC2 instance to use the local Amazon Time Sync Service".
 *
 * @param server IPv4 address
 */
export function renderTimeSource(server: string): string {
  return `server ${server} prefer iburst minpoll 4 maxpoll 4\n`;
}

/** Shell function: whether kernel and clock are this machine's to set. In a container, both are its host's. */
export const OWN_KERNEL_FUNCTION = `own_kernel() { [ -e ${SYSCTL_SETTINGS} ] && ! systemd-detect-virt --quiet --container; }
`;

/** The part of the install script that puts the files above into effect. */
export const HOST_SCRIPT = `if own_kernel; then
  sysctl --quiet --load=${SYSCTL_SETTINGS}
  systemctl enable --quiet --now chrony
  chronyc reload sources >/dev/null || systemctl restart chrony
fi
`;
