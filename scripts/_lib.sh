# Shared by the scripts of this folder, which source it: where things are, and how to say what goes on.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
CACHE=$ROOT/.cache
VENV=$ROOT/.venv
TOPIC=$(basename "$0")

# Home Assistant is some ten thousand modules: without byte code every start would compile them again.
unset PYTHONDONTWRITEBYTECODE
# Paths of another project must not leak into this one.
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV

say() { printf '[%s] %s\n' "$TOPIC" "$*"; }

die() {
    printf '[%s] %s\n' "$TOPIC" "$@" >&2
    exit 1
}

# usage: the comment at the head of the script itself.
usage() { awk 'NR > 1 && !/^#/ { exit } NR > 1 { sub(/^# ?/, ""); print }' "$0"; }

# run LABEL LOG COMMAND…: run it quietly, its output kept in LOG, a sign of life every 15 s; then one line with its time.
run() {
    local label=$1 log=$2 began=$SECONDS status=0 pulse
    shift 2
    mkdir -p "$(dirname "$log")"
    (
        nap=
        # It ends with the command, and also when the script itself is killed; it leaves no sleep behind, and no lock.
        trap '[ -z "$nap" ] || kill "$nap"; exit' TERM
        exec >&2 9>&-
        while true; do
            sleep 15 &
            nap=$!
            wait "$nap"
            kill -0 $$ 2>/dev/null || exit
            say "$label … $((SECONDS - began)) s"
        done
    ) &
    pulse=$!
    "$@" >"$log" 2>&1 </dev/null || status=$?
    { kill "$pulse" && wait "$pulse"; } 2>/dev/null || true
    if [ "$status" -eq 0 ]; then
        say "$label: $((SECONDS - began)) s"
    else
        say "$label: FAILED after $((SECONDS - began)) s"
    fi
    return "$status"
}

# need_program DEBIAN_PACKAGE PROGRAM…: one of the programs must be on the PATH; the package is installed where that may be done.
need_program() {
    local package=$1 program as_root=()
    shift
    for program in "$@"; do
        if command -v "$program" >/dev/null; then return 0; fi
    done
    [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
    if ! command -v apt-get >/dev/null || ! "${as_root[@]}" true 2>/dev/null; then
        die "$1 is missing and this user may not install it: please install the package '$package'."
    fi
    local log=$CACHE/logs/apt-$package.log
    local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y
        --no-install-recommends "$package")
    # The second try is for a machine whose package lists are absent or old.
    run "installing the package $package" "$log" "${install[@]}" ||
        { run "refreshing the package lists" "$log" "${as_root[@]}" apt-get update &&
            run "installing the package $package" "$log" "${install[@]}"; } ||
        { tail -n 20 "$log" >&2; die "please install the package '$package' by hand."; }
}

FAILED=()

# check NAME COMMAND…: run a script that tells its own story, and remember whether it failed.
check() {
    local name=$1
    shift
    "$@" || FAILED+=("$name")
}

# stage NAME COMMAND…: one line with its time and the tool's last word; its whole output only when it fails.
stage() {
    local name=$1 log=$CACHE/logs/${1// /-}.log
    shift
    if run "$name" "$log" "$@"; then
        tail -n 1 "$log"
    else
        cat "$log"
        FAILED+=("$name")
    fi
}

# conclude: the last line, and the exit status.
conclude() {
    if [ ${#FAILED[@]} -gt 0 ]; then
        local IFS=,
        die "FAILED in $SECONDS s: ${FAILED[*]}"
    fi
    say "all passed in $SECONDS s"
}
