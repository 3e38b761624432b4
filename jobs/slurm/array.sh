#!/bin/bash
# A campaign as a job array, by hand: sbatch jobs/slurm/array.sh. `praesepe submit` writes such a script, and one that
# merges and reports after it.
#SBATCH --job-name=gc320
#SBATCH --array=0-19
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --signal=B:USR1@180
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=gc320-%A_%a.log

campaign=jobs/gc320.toml
folder=runs/gc320        # on a file system that all nodes see

# The signal comes three minutes before the limit. The program then puts its work aside and ends with status 75; the
# element queues again and goes on from there. Bash runs a trap only while it waits.
trap 'kill -USR1 "$child" 2>/dev/null' USR1 TERM
praesepe run "$campaign" -o "$folder" --shard "$SLURM_ARRAY_TASK_ID/20" --threads "$SLURM_CPUS_PER_TASK" --progress auto &
child=$!
while true; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
[ "$status" -eq 75 ] && scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
exit "$status"
