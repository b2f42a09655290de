#!/usr/bin/env bash
# fuzz/run.sh [SECONDS] [TARGET…]: fuzzes each target (all, if none is named) for SECONDS of CPU time, 60 if
# nothing is said, and prints a table. Exit status: 0 nothing found; 1 something was found, its input is in artifacts/;
# 2 a target does not run.
set -euo pipefail
cd "$(dirname "$0")"

seconds=${1:-60}
shift || true
targets=("$@")
if [ ${#targets[@]} -eq 0 ]; then mapfile -t targets < <(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' Cargo.toml); fi
# A target that fails all the time is left after this many findings.
most_findings=10

# The longest input in bytes: long enough for the seeds.
longest() { case $1 in problem_files) echo 16384 ;; samples | fuse) echo 8192 ;; *) echo 4096 ;; esac; }
# Seconds of processor time, user's and system's, that ended child processes have taken.
spent() { awk -v tick="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); printf "%d", ($14 + $15) / tick }' "/proc/$$/stat"; }

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/../target}
RUSTC_WRAPPER=$PWD/rustc-with-coverage cargo build --release --bins
binaries=$CARGO_TARGET_DIR/release
python3 seeds.py
if [ -d /dev/shm ]; then export TMPDIR=${TMPDIR:-/dev/shm}; fi

table="target executions coverage findings"
status=0
for target in "${targets[@]}"; do
    mkdir -p "artifacts/$target" "corpus/$target"
    executions=0 coverage=0 findings=0 end=$(($(spent) + seconds))
    while left=$((end - $(spent))) && [ "$left" -gt 0 ] && [ $findings -lt $most_findings ]; do
        log=$(mktemp)
        # The limit is in time of the clock, so what the machine gave to others is asked for again.
        if ! "$binaries/$target" -max_total_time="$left" -max_len="$(longest "$target")" -timeout=10 -rss_limit_mb=1024 \
            -dict="dictionaries/$target.dict" -artifact_prefix="artifacts/$target/" -print_final_stats=1 \
            "corpus/$target" >"$log" 2>&1; then
            tail -30 "$log" >&2
            if ! grep -q 'Test unit written to' "$log"; then echo "$target does not run" >&2 && exit 2; fi
            findings=$((findings + 1)) status=1
        fi
        executions=$((executions + $(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -1 | grep . || echo 0)))
        coverage=$(grep -ao 'cov: [0-9]*' "$log" | tail -1 | cut -d' ' -f2 || true)
        rm -f "$log"
    done
    table+=$'\n'"$target $executions ${coverage:-0} $findings"
done
column -t <<<"$table"
exit $status
