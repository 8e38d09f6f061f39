/** What makes a machine of the local platform another one when it changes: names of its Command's `triggers`, in order. */
export const MACHINE_TRIGGERS = ["image", "address", "gateway", "data volume"] as const;
