#!/bin/bash
# The bare work, by hand: a bridge, three containers, ZooKeeper and Kafka on each, one console round trip. No checks, no
# records, no way back: the floor that `npm run up` is measured against.
#
# Environment: LXC (lxc or incus), NAME (project, pool and bridge), SUBNET (first three numbers), IMAGE (folder with
# metadata.tar and rootfs.squashfs), ARCHIVE (Kafka's distribution), HOME_DIR (its top folder's name).
set -euo pipefail
l() { "$LXC" --project "$NAME" "$@" </dev/null; }

clean_up() {
  for i in 1 2 3; do l delete --force "bare-$i" >/dev/null 2>&1 || true; done
  l image delete "$NAME" >/dev/null 2>&1 || true
  for what in project network storage; do "$LXC" "$what" delete "$NAME" >/dev/null 2>&1 || true; done
}
[ "${1:-}" != clean-up ] || { clean_up; exit 0; }

"$LXC" storage create "$NAME" dir >/dev/null
"$LXC" project create "$NAME" >/dev/null
"$LXC" network create "$NAME" "ipv4.address=$SUBNET.1/24" ipv4.nat=false ipv6.address=none >/dev/null
l image import "$IMAGE/metadata.tar" "$IMAGE/rootfs.squashfs" --alias "$NAME" >/dev/null

user_data() {
  cat <<EOF
#cloud-config
ssh_genkeytypes: [ed25519]
write_files:
  - path: /opt/zoo.cfg
    content: |
      tickTime=2000
      initLimit=10
      syncLimit=5
      dataDir=/opt/zookeeper
      clientPort=2181
      admin.enableServer=false
      server.1=$SUBNET.18:2888:3888
      server.2=$SUBNET.19:2888:3888
      server.3=$SUBNET.20:2888:3888
  - path: /opt/server.properties
    content: |
      broker.id=$1
      listeners=PLAINTEXT://$2:9092
      log.dirs=/opt/kafka-logs
      zookeeper.connect=$SUBNET.18:2181,$SUBNET.19:2181,$SUBNET.20:2181
      offsets.topic.replication.factor=3
      offsets.topic.num.partitions=10
      group.initial.rebalance.delay.ms=0
runcmd:
  - tar -xf /mnt/archive -C /opt
  - mkdir -p /opt/zookeeper
  - echo $1 >/opt/zookeeper/myid
  - systemd-run java -Xmx128m -cp "/opt/$HOME_DIR/libs/*" org.apache.zookeeper.server.quorum.QuorumPeerMain /opt/zoo.cfg
  - systemd-run java -Xmx384m -cp "/opt/$HOME_DIR/libs/*" kafka.Kafka /opt/server.properties
EOF
}

launch() {
  local address=$SUBNET.$((17 + $1))
  l init "$NAME" "bare-$1" --storage "$NAME" -c limits.cpu=2 -c limits.memory=1GiB \
    -c "cloud-init.user-data=$(user_data "$1" "$address")" >/dev/null
  l config device add "bare-$1" eth0 nic name=eth0 "network=$NAME" "ipv4.address=$address" >/dev/null
  l config device add "bare-$1" archive disk "source=$ARCHIVE" path=/mnt/archive readonly=true >/dev/null
  l start "bare-$1"
}
for i in 1 2 3; do launch "$i" & done
wait

for i in 18 19 20; do
  until (: >"/dev/tcp/$SUBNET.$i/9092") 2>/dev/null; do sleep 0.1; done
done
tool() { l exec "bare-$1" -- "/opt/$HOME_DIR/bin/$2" "${@:3}" 2>/dev/null; }
tool 1 kafka-topics.sh --bootstrap-server "$SUBNET.18:9092" --create --topic bare --partitions 1 --replication-factor 2 >/dev/null
"$LXC" --project "$NAME" exec bare-3 -- \
  "/opt/$HOME_DIR/bin/kafka-console-producer.sh" --bootstrap-server "$SUBNET.20:9092" --topic bare <<<'{"code":200}' >/dev/null 2>&1
got=$(tool 1 kafka-console-consumer.sh --bootstrap-server "$SUBNET.18:9092" --topic bare --from-beginning --max-messages 1)
[ "$got" = '{"code":200}' ]
