#!/usr/bin/env bash
# A private SLURM on this host for tests: a controller, one node and an authentication daemon, all in one folder and on
# 127.0.0.1; nothing of the system's is read or written, no root needed.
#
#   eval "$(local_slurm.sh start DIR)"   starts it and sets SLURM_CONF
#   local_slurm.sh stop DIR              cancels its jobs and ends the processes it started
#
# Needs Debian's slurm-wlm and munge. Without cgroups, accounting and systemd.
set -u
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
command=${1:-} dir=${2:-}
case "$command:$dir" in start:/*|stop:/*) ;; *) echo "usage: $0 start|stop /ABSOLUTE/FOLDER" >&2; exit 2;; esac
export SLURM_CONF=$dir/slurm.conf

# A process is the one that was started only if its start time is the same: numbers are used again.
start_time() { awk '{ sub(/.*\) /, ""); print ($1 == "Z") ? "" : $20 }' "/proc/$1/stat" 2>/dev/null; }
remember() { echo "$2 $(start_time "$2")" > "$dir/pids/$1"; }
is_alive() {
  local pid time
  read -r pid time 2>/dev/null < "$dir/pids/$1" && [ -n "$time" ] && [ "$(start_time "$pid")" = "$time" ] && echo "$pid"
}
finish() {
  local pid
  pid=$(is_alive "$1") || return 0
  kill -TERM "$pid" 2>/dev/null
  for _ in $(seq 100); do is_alive "$1" >/dev/null || return 0; sleep 0.1; done
  kill -KILL "$pid" 2>/dev/null
}
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 12000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

configure() {
  local user
  user=$(id -un)
  cat > "$SLURM_CONF" <<CONF
ClusterName=local
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge/socket,cred_expire=5
CredType=cred/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
TmpFS=$dir/tmp
SlurmctldPidFile=$dir/state/slurmctld.pid
SlurmdPidFile=$dir/spool/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
PlugStackConfig=$dir/plugstack.conf
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
SchedulerParameters=sched_min_interval=0,sched_interval=2,batch_sched_delay=0,bf_interval=2
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MinJobAge=86400
InactiveLimit=0
Waittime=0
NodeName=n1 NodeHostname=localhost NodeAddr=127.0.0.1 Port=$(free_port) CPUs=4 RealMemory=4096 State=UNKNOWN
PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE State=UP
CONF
}

start() {
  for program in munged slurmctld slurmd sbatch; do
    command -v $program >/dev/null || { echo "$program is not installed: apt-get install slurm-wlm munge" >&2; exit 2; }
  done
  umask 022
  mkdir -p "$dir"/{state,spool,log,pids,munge,tmp}
  chmod 755 "$dir" "$dir/munge"
  : > "$dir/plugstack.conf"
  configure
  (umask 077; head -c 128 /dev/urandom > "$dir/munge/key")
  setsid munged --foreground --key-file="$dir/munge/key" --socket="$dir/munge/socket" --pid-file="$dir/munge/pid" \
    --seed-file="$dir/munge/seed" --log-file="$dir/log/munged.log" </dev/null >"$dir/log/munged.out" 2>&1 &
  remember munged $!
  for _ in $(seq 100); do munge -S "$dir/munge/socket" -n >/dev/null 2>&1 && break; sleep 0.1; done
  setsid slurmctld -D -c -i -f "$SLURM_CONF" </dev/null >"$dir/log/slurmctld.out" 2>&1 &
  remember slurmctld $!
  setsid slurmd -D -N n1 -f "$SLURM_CONF" </dev/null >"$dir/log/slurmd.out" 2>&1 &
  remember slurmd $!
  for _ in $(seq 150); do
    [ -n "$(sinfo -h -N -t idle -o %N 2>/dev/null)" ] && { echo "export SLURM_CONF='$SLURM_CONF'"; return 0; }
    sleep 0.2
  done
  echo "SLURM did not come up:" >&2
  tail -n 5 "$dir"/log/* >&2
  stop
  exit 1
}

stop() {
  if is_alive slurmctld >/dev/null; then
    timeout 10 scancel --full -u "$(id -un)" >/dev/null 2>&1
    for _ in $(seq 50); do [ -z "$(timeout 5 squeue -h 2>/dev/null)" ] && break; sleep 0.2; done
  fi
  for process in slurmd slurmctld munged; do finish $process; done
}

$command
