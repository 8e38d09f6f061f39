instance-id: {{ config_get("volatile.uuid", container.name) }}
local-hostname: {{ container.name }}
